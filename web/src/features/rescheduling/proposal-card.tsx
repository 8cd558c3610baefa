import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CardTitle } from "@/components/ui/card-title";
import { ErrorNote } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import type { Booking } from "@/features/booking/api";
import { type Side, other } from "@/features/booking/labels";
import { useBookingCommand } from "@/features/booking/queries";
import { dateTime, relative } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { type Proposal, acceptTime, declineTime, withdrawTime } from "./api";
import { CompareTimes } from "./compare-times";
import classes from "./proposal-card.module.css";

type Props = { booking: Booking; side: Side; proposal: Proposal; now: number };

/** Another time that was proposed: both times, the message, until when it holds, and the answer. */
export function ProposalCard({ booking, side, proposal, now }: Props) {
  const { t } = useTranslation();
  const zone = useZone();
  const them = other(booking, side).first_name;
  const mine = proposal.proposed_by === side;
  return (
    <section className={`card ${classes.card}`} aria-labelledby="proposal">
      <Stack>
        <CardTitle id="proposal">
          {mine ? t("You proposed another time") : t("{name} proposes another time", { name: them })}
        </CardTitle>
        <CompareTimes from={booking} to={proposal} zone={zone} />
        {proposal.message && (
          <blockquote className={`words ${classes.message}`}>{proposal.message}</blockquote>
        )}
        <Text size="sm" c="dimmed">
          {mine
            ? t("{name} can answer until {time} ({when}). Without an answer, the current time stays.", {
                name: them,
                time: dateTime(proposal.expires_at, zone),
                when: relative(proposal.expires_at, now),
              })
            : t("You can answer until {time} ({when}). Without an answer, the current time stays.", {
                time: dateTime(proposal.expires_at, zone),
                when: relative(proposal.expires_at, now),
              })}
        </Text>
        {mine ? <Withdraw booking={booking} /> : <Answer booking={booking} them={them} />}
      </Stack>
    </section>
  );
}

function Answer({ booking, them }: { booking: Booking; them: string }) {
  const { t } = useTranslation();
  const accept = useBookingCommand((id, _: undefined, key) => acceptTime(id, key));
  const decline = useBookingCommand((id, _: undefined, key) => declineTime(id, key));
  const busy = accept.isPending || decline.isPending;
  const error = accept.error ?? decline.error;
  return (
    <>
      <ErrorNote error={error} />
      <Group>
        <Button
          loading={accept.isPending}
          disabled={busy}
          onClick={() =>
            accept.mutate(
              { id: booking.id, vars: undefined },
              {
                onSuccess: () =>
                  notifySuccess(t("The session has a new time. {name} is notified.", { name: them })),
              },
            )
          }
        >
          {t("Accept new time")}
        </Button>
        <Button
          variant="default"
          loading={decline.isPending}
          disabled={busy}
          onClick={() =>
            decline.mutate(
              { id: booking.id, vars: undefined },
              { onSuccess: () => notifySuccess(t("The current time stays.")) },
            )
          }
        >
          {t("Keep current time")}
        </Button>
      </Group>
    </>
  );
}

function Withdraw({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const withdraw = useBookingCommand((id, _: undefined, key) => withdrawTime(id, key));
  return (
    <>
      <ErrorNote error={withdraw.error} />
      <Group>
        <Button
          variant="default"
          loading={withdraw.isPending}
          onClick={() =>
            withdraw.mutate(
              { id: booking.id, vars: undefined },
              { onSuccess: () => notifySuccess(t("Your proposal is withdrawn. The current time stays.")) },
            )
          }
        >
          {t("Withdraw proposal")}
        </Button>
      </Group>
    </>
  );
}
