import { Button, NativeSelect, Skeleton, Stack, Text } from "@mantine/core";
import { useDeferredValue } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { Empty, Failure } from "@/components/ui/failure";
import { CalendarIcon } from "@/components/ui/icons";
import { LoadMore } from "@/components/ui/load-more";
import { Page } from "@/components/ui/page";
import { AcceptBooking } from "@/features/booking/accept-booking";
import { type Booking, OVER, type Status } from "@/features/booking/api";
import { BookingCard } from "@/features/booking/booking-card";
import { DeclineBooking } from "@/features/booking/decline-booking";
import { bookingPages, useActiveBookings } from "@/features/booking/queries";
import { STATUS, type Side } from "@/features/booking/labels";
import { BookAgain } from "@/features/directory/book-again";
import { FirstSteps } from "@/features/first-steps/first-steps";
import { isOpen } from "@/features/presence/session-times";
import { MyWaitlist } from "@/features/waitlist/my-waitlist";
import { useSession } from "@/lib/api/session";
import { useConfig } from "@/lib/config";
import { msg, t } from "@/lib/i18n/i18n";
import { formatNumber } from "@/lib/i18n/numbers";
import { useLiveInterval } from "@/lib/live";
import { useNow } from "@/lib/now";
import { useInfiniteQuery } from "@/lib/query";
import { DAY, MINUTE } from "@/lib/time";
import classes from "./dashboard.module.css";

/** How long a seeker is asked to rate a session before everything else; its card offers it for ever. */
const ASKS_TO_RATE_MS = 14 * DAY;

const LEAD: Record<Side, string> = {
  seeker: msg("Your requests and sessions, updated live."),
  consultant: msg("Requests to answer, upcoming and past sessions, updated live."),
};

export function Component() {
  const { t } = useTranslation();
  const side = useSession((state) => state.user?.role) ?? "seeker";
  const [params, setParams] = useSearchParams();
  const asked = params.get("status") ?? "";
  const status = Object.hasOwn(STATUS, asked) ? (asked as Status) : null;
  return (
    <Page
      title={side === "seeker" ? t("My bookings") : t("Bookings")}
      lead={t(LEAD[side])}
      action={
        <NativeSelect
          aria-label={t("Show")}
          value={status ?? ""}
          data={[
            { value: "", label: t("All bookings") },
            ...Object.entries(STATUS).map(([value, { word }]) => ({ value, label: t(word) })),
          ]}
          onChange={(event) =>
            setParams(event.currentTarget.value ? { status: event.currentTarget.value } : {}, {
              replace: true,
            })
          }
        />
      }
    >
      {side === "consultant" && <FirstSteps />}
      {side === "seeker" && !status && <MyWaitlist />}
      {status ? <Filtered key={status} status={status} side={side} /> : <Groups side={side} />}
    </Page>
  );
}

/** `more`: those that are shown are not all. */
type Group = { title: string; bookings: Booking[]; more?: boolean };

function Groups({ side }: { side: Side }) {
  const { t } = useTranslation();
  const active = useActiveBookings();
  const past = useInfiniteQuery({ ...bookingPages(OVER), refetchInterval: useLiveInterval() });
  const now = useNow(MINUTE);
  // Rendered in pieces: some hundred cards at once would hold up whatever one types or clicks meanwhile.
  const bookings = useDeferredValue(active.data);
  const pages = useDeferredValue(past.data?.pages);
  if (active.isLoadingError || past.isLoadingError) {
    const failed = [active, past].filter((list) => list.isLoadingError);
    return <Failure error={failed[0]?.error} retry={() => failed.forEach((list) => void list.refetch())} />;
  }
  if (!bookings || !pages) return <Skeletons />;

  const over = pages.flatMap((page) => page.items);
  const open = [...bookings].sort((a, b) => a.scheduled_start.localeCompare(b.scheduled_start));
  const toRate = side === "seeker" ? over.filter((one) => asksToBeRated(one, now)) : [];
  const requested = open.filter((one) => one.status === "requested");
  const groups: Group[] =
    side === "seeker"
      ? [
          {
            title: t("Needs your attention"),
            bookings: [...open.filter((one) => one.status === "payment_failed"), ...toRate],
          },
          {
            title: t("Upcoming"),
            bookings: open.filter((one) => ["accepted", "confirmed", "in_progress"].includes(one.status)),
          },
          { title: t("Waiting for an answer"), bookings: requested },
        ]
      : [
          { title: t("Requests"), bookings: requested },
          { title: t("Upcoming"), bookings: open.filter((one) => one.status !== "requested") },
        ];
  groups.push({
    title: t("Past"),
    bookings: over.filter((one) => !toRate.includes(one)),
    more: past.hasNextPage,
  });
  if (open.length + over.length === 0) return <Nothing side={side} />;
  return (
    <Stack gap="xl">
      {groups
        .filter(({ bookings }) => bookings.length > 0)
        .map(({ title, bookings, more = false }) => (
          <section key={title} aria-label={title}>
            <h2 className={classes.group}>
              {title} <span>{counted(bookings.length, more)}</span>
            </h2>
            <List bookings={bookings} side={side} />
          </section>
        ))}
      <LoadMore list={past}>{t("Show older bookings")}</LoadMore>
    </Stack>
  );
}

function asksToBeRated({ status, rating, session_end_time, scheduled_end }: Booking, now: number): boolean {
  if (status !== "completed" || rating) return false;
  return now - Date.parse(session_end_time ?? scheduled_end) < ASKS_TO_RATE_MS;
}

function counted(count: number, more: boolean): string {
  return more ? t("{count, number}+", { count }) : formatNumber(count);
}

function Filtered({ status, side }: { status: Status; side: Side }) {
  const { t } = useTranslation();
  const list = useInfiniteQuery({ ...bookingPages([status]), refetchInterval: useLiveInterval() });
  const pages = useDeferredValue(list.data?.pages);
  if (list.isLoadingError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!pages) return <Skeletons />;
  const bookings = pages.flatMap((page) => page.items);
  return (
    <Stack>
      {bookings.length === 0 && <Text c="dimmed">{t("No booking has this status.")}</Text>}
      <List bookings={bookings} side={side} />
      <LoadMore list={list}>{t("Show more bookings")}</LoadMore>
    </Stack>
  );
}

function List({ bookings, side }: { bookings: Booking[]; side: Side }) {
  const now = useNow(15_000);
  const config = useConfig();
  return (
    <ul className={classes.list}>
      {bookings.map((booking) => (
        <li key={booking.id}>
          <BookingCard
            booking={booking}
            side={side}
            now={now}
            actions={actionsFor(booking, side, isOpen(booking, config, now))}
          />
        </li>
      ))}
    </ul>
  );
}

function actionsFor(booking: Booking, side: Side, open: boolean) {
  const to = `/booking/${booking.id}`;
  if (open)
    return (
      <Button component={Link} to={`/session/${booking.id}`}>
        {booking.status === "in_progress" ? t("Go to the session") : t("Open the session")}
      </Button>
    );
  if (side === "consultant")
    return booking.status === "requested" ? (
      <>
        <DeclineBooking booking={booking} />
        <AcceptBooking booking={booking} />
      </>
    ) : null;
  if (booking.status === "payment_failed")
    return (
      <Button component={Link} to={to}>
        {t("Fix the payment")}
      </Button>
    );
  if (booking.status === "completed" && !booking.rating)
    return (
      <Button component={Link} to={to} variant="light">
        {t("Rate the session")}
      </Button>
    );
  if (booking.status === "completed") return <BookAgain expert={booking.consultant} />;
  return null;
}

function Nothing({ side }: { side: Side }) {
  const { t } = useTranslation();
  return side === "seeker" ? (
    <Empty icon={<CalendarIcon size={28} />} title={t("No bookings yet")}>
      <Text c="dimmed">{t("Find an expert and request a session.")}</Text>
      <Button component={Link} to="/find">
        {t("Find an expert")}
      </Button>
    </Empty>
  ) : (
    <Empty icon={<CalendarIcon size={28} />} title={t("No requests yet")}>
      <Text c="dimmed">{t("Seekers can book the times you make available.")}</Text>
      <Button component={Link} to="/availability">
        {t("Set your availability")}
      </Button>
    </Empty>
  );
}

function Skeletons() {
  const { t } = useTranslation();
  return (
    <Stack role="status" aria-label={t("Loading")}>
      {[1, 2, 3].map((row) => (
        <Skeleton key={row} height={116} radius={14} />
      ))}
    </Stack>
  );
}
