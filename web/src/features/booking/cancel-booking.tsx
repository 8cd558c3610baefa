import { Button, Skeleton, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { Failure } from "@/components/ui/failure";
import { ErrorNote, Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { named } from "@/lib/form";
import { money } from "@/lib/money";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { dateTime } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { type Booking, type Cancellation, cancelBooking, fetchCancellation } from "./api";
import { useBookingForm } from "./queries";
import { type Side, other } from "./labels";

type Props = { booking: Booking; side: Side };

/** Calls a booking off, after saying what it costs and gives back. */
export function CancelBooking({ booking, side }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" className="danger" onClick={() => setOpen(true)}>
        {t("Cancel booking")}
      </Button>
      <Dialog opened={open} onClose={() => setOpen(false)} title={t("Cancel this booking?")}>
        <Question booking={booking} side={side} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Question({ booking, side, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const zone = useZone();
  const form = useForm({ enhanceGetInputProps: named, initialValues: { reason: "" } });
  const { onSubmit, busy, problem } = useBookingForm(
    form,
    ({ reason }, key) => cancelBooking(booking.id, reason.trim(), key),
    {
      draft: `cancel ${booking.id}`,
      wanted: { id: booking.id, statuses: ["cancelled"] },
      next: () => {
        onClose();
        notifySuccess(t("The booking is cancelled."));
      },
    },
  );
  const cost = useQuery({
    queryKey: keys.bookings.cancellation(booking.id, booking.status),
    queryFn: () => fetchCancellation(booking.id),
    // What it costs changes with the hour: never from memory.
    gcTime: 0,
    refetchInterval: 30_000,
  });
  const them = other(booking, side).first_name;
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        {cost.isPending && <Skeleton height={80} />}
        {cost.isLoadingError ? (
          <Failure error={cost.error} retry={() => void cost.refetch()} />
        ) : (
          <ErrorNote error={cost.error} />
        )}
        {cost.data && <Cost cost={cost.data} side={side} them={them} zone={zone} />}
        <Textarea
          label={t("Reason")}
          description={t("Optional. {name} will see it", { name: them })}
          autosize
          minRows={2}
          maxLength={500}
          {...form.getInputProps("reason")}
        />
        <ErrorNote error={problem} />
        <DialogActions busy={busy}>
          <Button variant="default" disabled={busy} onClick={onClose}>
            {t("Keep booking")}
          </Button>
          <Button type="submit" color="red.9" loading={busy} disabled={!cost.data?.can_cancel}>
            {cost.data && cost.data.fee > 0
              ? t("Cancel and pay {price}", { price: money(cost.data.fee, cost.data.currency) })
              : t("Cancel booking")}
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
}

function Cost({ cost, side, them, zone }: { cost: Cancellation; side: Side; them: string; zone: string }) {
  const { t } = useTranslation();
  if (!cost.can_cancel) return <Note kind="wait">{t("This booking can’t be cancelled any more.")}</Note>;
  const back = money(cost.returned, cost.currency);
  if (side === "consultant")
    return (
      <Text>
        {cost.returned > 0
          ? t("{name} will be notified and pays nothing; the hold of {back} on their card is released.", {
              name: them,
              back,
            })
          : t("{name} will be notified and pays nothing.", { name: them })}
      </Text>
    );
  if (cost.fee > 0)
    return (
      <Note kind="wait" title={t("This costs {price}", { price: money(cost.fee, cost.currency) })}>
        <p>
          {t("The session starts soon, so a fee is charged.")}{" "}
          {cost.returned > 0 && t("{back} of the hold on your card is released.", { back })}
        </p>
      </Note>
    );
  return (
    <Note kind="good" title={t("This is free")}>
      <p>
        {cost.returned > 0
          ? t("The hold of {back} on your card is released.", { back })
          : t("Nothing was charged.")}{" "}
        {cost.free_until && t("It stays free until {time}.", { time: dateTime(cost.free_until, zone) })}
      </p>
    </Note>
  );
}
