import { Button, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { type Booking, isSlotTaken } from "@/features/booking/api";
import { type Side, other } from "@/features/booking/labels";
import { useBookingForm } from "@/features/booking/queries";
import type { Slot } from "@/features/directory/api";
import { SlotPicker } from "@/features/directory/slot-picker";
import { WHOLE_FORM, named } from "@/lib/form";
import { type Day, length, wall } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { proposeTime } from "./api";
import { CompareTimes } from "./compare-times";
import { isSameLength, movesAtOnce } from "./proposal";

type Props = { booking: Booking; side: Side };

/** Asks the other party for another time; an unanswered request is moved by its seeker without asking. */
export function ProposeTime({ booking, side }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const label = movesAtOnce(booking, side) ? t("Change the time") : t("Propose another time");
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog opened={open} onClose={() => setOpen(false)} title={label} size="xl">
        <Form booking={booking} side={side} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Form({ booking, side, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const own = useZone();
  const [zone, setZone] = useState(own);
  const [day, setDay] = useState<Day | null>(null);
  const them = other(booking, side).first_name;
  const atOnce = movesAtOnce(booking, side);
  const planned = Date.parse(booking.scheduled_end) - Date.parse(booking.scheduled_start);
  const form = useForm<{ slot: Slot | null; message: string }>({
    enhanceGetInputProps: named,
    initialValues: { slot: null, message: "" },
    validate: ({ slot: chosen }) => (chosen ? {} : { [WHOLE_FORM]: t("Please pick a time.") }),
  });
  const { slot } = form.values;
  const { onSubmit, busy, problem } = useBookingForm(
    form,
    ({ slot: chosen, message }, key) =>
      // `validate` lets nothing pass without a slot.
      proposeTime(booking.id, { slot_id: (chosen as Slot).id, message: message.trim() }, key),
    {
      draft: `proposal ${booking.id}`,
      next: () => {
        notifySuccess(
          atOnce
            ? t("Your request has a new time.")
            : t("Your proposal is on its way to {name}.", { name: them }),
        );
        onClose();
      },
      // Taken by somebody else; after a lost answer the same request can be sent again.
      onError: (error) => {
        if (isSlotTaken(error)) form.setFieldValue("slot", null);
      },
    },
  );
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text>
          {atOnce
            ? t("Your request moves to the new time right away, and {name} answers it for that time.", {
                name: them,
              })
            : t("The booking stays as it is until {name} accepts. The price stays the same.", { name: them })}
        </Text>
        <SlotPicker
          expertId={booking.consultant.id}
          zone={zone}
          onZone={(to) => {
            setZone(to);
            setDay(null);
          }}
          day={day}
          startAt={wall(booking.scheduled_start, zone).day}
          onDay={setDay}
          chosen={slot?.id ?? null}
          onChoose={(one) => form.setFieldValue("slot", one)}
          nextAt={null}
          fits={(one) => isSameLength(booking, one)}
          heading={t("Times of {length}", { length: length(planned) })}
        >
          {side === "consultant" && (
            <Text size="sm" c="dimmed">
              {t("These are your open times.")} <Link to="/availability">{t("Open more times")}</Link>
            </Text>
          )}
        </SlotPicker>
        <CompareTimes
          from={booking}
          to={slot && { scheduled_start: slot.start_time, scheduled_end: slot.end_time }}
          zone={zone}
        />
        <Textarea
          label={t("Message")}
          description={t("Optional. {name} will see it", { name: them })}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={2000}
          {...form.getInputProps("message")}
        />
        <ErrorNote error={problem} />
        <DialogActions busy={busy}>
          <Button variant="default" disabled={busy} onClick={onClose}>
            {t("Keep the time")}
          </Button>
          <Button type="submit" disabled={!slot} loading={busy}>
            {atOnce ? t("Change the time") : t("Send proposal")}
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
}
