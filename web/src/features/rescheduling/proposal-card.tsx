import { Button, Group, Stack, Text } from "@mantine/core";
import { Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import type { Booking } from "@/features/booking/api";
import { type Side, other } from "@/features/booking/labels";
import { useBookingCommand } from "@/features/booking/queries";
import { sentence } from "@/lib/api/problem";
import { dateTime, relative } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { type Proposal, acceptTime, declineTime, withdrawTime } from "./api";
import { CompareTimes } from "./compare-times";
import classes from "./proposal-card.module.css";

type Props = { booking: Booking; side: Side; proposal: Proposal; now: number };

/** Another time that was proposed: both times, the message, until when it holds, and the answer. */
export function ProposalCard({ booking, side, proposal, now }: Props) {
  const zone = useZone();
  const them = other(booking, side).first_name;
  const mine = proposal.proposed_by === side;
  return (
    <section className={`card ${classes.card}`} aria-labelledby="proposal">
      <Stack>
        <h2 id="proposal" className={classes.heading}>
          {mine ? "You proposed another time" : `${them} proposes another time`}
        </h2>
        <CompareTimes from={booking} to={proposal} zone={zone} />
        {proposal.message && (
          <blockquote className={`words ${classes.message}`}>{proposal.message}</blockquote>
        )}
        <Text size="sm" c="dimmed">
          {mine ? `${them} can answer` : "You can answer"} until {dateTime(proposal.expires_at, zone)} (
          {relative(proposal.expires_at, now)}). Without an answer, the current time stays.
        </Text>
        {mine ? <Withdraw booking={booking} /> : <Answer booking={booking} them={them} />}
      </Stack>
    </section>
  );
}

function Answer({ booking, them }: { booking: Booking; them: string }) {
  const accept = useBookingCommand((id, _: undefined, key) => acceptTime(id, key));
  const decline = useBookingCommand((id, _: undefined, key) => declineTime(id, key));
  const busy = accept.isPending || decline.isPending;
  const error = accept.error ?? decline.error;
  return (
    <>
      {error && (
        <Note kind="bad" live>
          {sentence(error)}
        </Note>
      )}
      <Group>
        <Button
          loading={accept.isPending}
          disabled={busy}
          onClick={() =>
            accept.mutate(
              { id: booking.id, vars: undefined },
              { onSuccess: () => notifySuccess(`The session has a new time. ${them} is notified.`) },
            )
          }
        >
          Accept new time
        </Button>
        <Button
          variant="default"
          loading={decline.isPending}
          disabled={busy}
          onClick={() =>
            decline.mutate(
              { id: booking.id, vars: undefined },
              { onSuccess: () => notifySuccess("The current time stays.") },
            )
          }
        >
          Keep current time
        </Button>
      </Group>
    </>
  );
}

function Withdraw({ booking }: { booking: Booking }) {
  const withdraw = useBookingCommand((id, _: undefined, key) => withdrawTime(id, key));
  return (
    <>
      {withdraw.error && (
        <Note kind="bad" live>
          {sentence(withdraw.error)}
        </Note>
      )}
      <Group>
        <Button
          variant="default"
          loading={withdraw.isPending}
          onClick={() =>
            withdraw.mutate(
              { id: booking.id, vars: undefined },
              { onSuccess: () => notifySuccess("Your proposal is withdrawn. The current time stays.") },
            )
          }
        >
          Withdraw proposal
        </Button>
      </Group>
    </>
  );
}
