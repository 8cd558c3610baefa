import { Skeleton } from "@mantine/core";
import { Failure } from "@/components/ui/failure";
import { t } from "@/lib/i18n/i18n";
import { dateTime } from "@/lib/time";
import { useZone } from "@/lib/zone";
import type { Booking, TimelineEntry } from "./api";
import { useTimeline } from "./queries";
import classes from "./timeline.module.css";
import { type Side, eventLabel } from "./labels";

/** Everything that happened to a booking, money included, as one of its parties may see it. */
export function Timeline({ booking, side }: { booking: Booking; side: Side }) {
  const zone = useZone();
  const timeline = useTimeline(booking);
  if (timeline.isPending) return <Skeleton height={140} />;
  if (timeline.isLoadingError)
    return <Failure error={timeline.error} retry={() => void timeline.refetch()} />;
  return (
    <ol className={classes.list}>
      {visibleTo(side, timeline.data).map((entry, index) => (
        <li key={`${entry.at}-${index}`} data-kind={kindOf(entry)}>
          <p className="words">{eventLabel(entry, zone)}</p>
          <small>
            {dateTime(entry.at, zone)} · {by(entry, booking)}
          </small>
        </li>
      ))}
    </ol>
  );
}

function by(entry: TimelineEntry, booking: Booking): string {
  if (entry.actor === "seeker") return booking.seeker.first_name;
  return entry.actor === "consultant" ? booking.consultant.first_name : t("automatically");
}

function kindOf(entry: TimelineEntry): string {
  if (/failed|declined|cancelled|expired|missed|disputed/.test(entry.event)) return "bad";
  return /confirmed|authorized|captured|ended|rated|sent/.test(entry.event) ? "good" : "idle";
}

/** What the consultant gets is theirs to know. */
function visibleTo(side: Side, entries: TimelineEntry[]): TimelineEntry[] {
  return side === "consultant" ? entries : entries.filter((entry) => !entry.event.startsWith("payout."));
}
