import type { Booking } from "@/features/booking/api";
import { type Side, other } from "@/features/booking/labels";
import { t } from "@/lib/i18n/i18n";
import { span } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { ProposalCard } from "./proposal-card";
import { openProposal } from "./proposal";
import classes from "./another-time.module.css";

type Props = { booking: Booking; side: Side; now: number };

/** For the booking's page: the proposal that waits for an answer; nothing when there is none. */
export function AnotherTime(props: Props) {
  const proposal = openProposal(props.booking, props.now);
  return proposal && <ProposalCard {...props} proposal={proposal} />;
}

/** For lists: that another time is proposed, and who has to answer. */
export function AnotherTimeLine({ booking, side, now }: Props) {
  const zone = useZone();
  const proposal = openProposal(booking, now);
  if (!proposal) return null;
  const them = other(booking, side).first_name;
  const when = span(proposal.scheduled_start, proposal.scheduled_end, zone);
  return (
    <p className={classes.line} data-answer={proposal.proposed_by !== side || undefined}>
      {proposal.proposed_by === side
        ? t("You proposed {when}. Waiting for {name} to answer.", { when, name: them })
        : t("{name} proposes {when}. Please answer.", { name: them, when })}
    </p>
  );
}
