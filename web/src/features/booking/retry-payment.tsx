import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { NotLoadedPart, PartNotLoaded, lazyPart, loadPart } from "@/components/ui/lazy-part";
import { Note } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { MINUTE, dateTime, length } from "@/lib/time";
import { useNow } from "@/lib/now";
import { useZone } from "@/lib/zone";
import { type Booking, retryPayment } from "./api";
import { useBookingCommand } from "./queries";
import { type Side, failureReason } from "./labels";

const CardForm = lazyPart(() => import("@/features/payment/card-form"));

/** Why the card could not be charged and until when it can be fixed; for the seeker also the ways to fix it. */
export function RetryPayment({ booking, side }: { booking: Booking; side: Side }) {
  const { t } = useTranslation();
  const zone = useZone();
  const now = useNow(30_000);
  const until = booking.payment_deadline;
  const left = until ? Date.parse(until) - now : 0;
  return (
    <Stack>
      <Note kind="bad" title={failureReason(booking)} live>
        {until && (
          <p>
            {side === "seeker"
              ? t(
                  "You can fix this until {time}. After that the booking is cancelled, and nothing is charged.",
                  { time: dateTime(until, zone) },
                )
              : t(
                  "{name} can fix this until {time}. After that the booking is cancelled, and nothing is charged.",
                  { name: booking.seeker.first_name, time: dateTime(until, zone) },
                )}
          </p>
        )}
      </Note>
      {/* Not in the note: it would be read out anew with every minute. */}
      {left > 0 && (
        <Text size="sm" c="dimmed">
          {t("Time left: {time}", { time: length(Math.max(MINUTE, left)) })}
        </Text>
      )}
      {side === "seeker" && <Ways booking={booking} />}
    </Stack>
  );
}

function Ways({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const [replacing, setReplacing] = useState(false);
  const retry = useBookingCommand(
    (id, _: undefined, key) => retryPayment(id, key),
    ["accepted", "confirmed"],
  );
  const tryAgain = () =>
    retry.mutate(
      { id: booking.id, vars: undefined },
      { onSuccess: () => notifySuccess(t("We’re trying the payment again.")), onError: notifyError },
    );
  const confirm = useMutation({
    mutationFn: async () => {
      const { confirmWithBank } = await loadPart(() => import("@/features/payment/confirm-with-bank"));
      const problem = await confirmWithBank(booking.id);
      if (problem) throw problem;
    },
    onSuccess: () =>
      notifySuccess(t("Your bank has confirmed the payment. Your booking will be updated in a moment.")),
    onError: (error) => {
      if (!(error instanceof PartNotLoaded)) notifyError(error);
    },
  });
  const needsBank = booking.payment_failure === "authentication_required";
  return (
    <>
      {confirm.error instanceof PartNotLoaded && <NotLoadedPart />}
      {!replacing && (
        <Group>
          {needsBank && (
            <Button loading={confirm.isPending} onClick={() => confirm.mutate()}>
              {t("Confirm with your bank")}
            </Button>
          )}
          <Button variant={needsBank ? "default" : "filled"} onClick={() => setReplacing(true)}>
            {t("Use another card")}
          </Button>
          {!needsBank && booking.payment_failure !== "no_payment_method" && (
            <Button variant="default" loading={retry.isPending} onClick={tryAgain}>
              {t("Try the same card again")}
            </Button>
          )}
        </Group>
      )}
      {replacing && (
        <Suspense fallback={<Skeleton height={220} />}>
          <CardForm
            onSaved={() => {
              setReplacing(false);
              tryAgain();
            }}
            onCancel={() => setReplacing(false)}
          />
        </Suspense>
      )}
    </>
  );
}
