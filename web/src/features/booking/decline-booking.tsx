import { Button, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { named } from "@/lib/form";
import { type Booking, declineBooking } from "./api";
import { useBookingForm } from "./queries";

/** The consultant says no, with a word to the seeker if they like. */
export function DeclineBooking({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t("Decline")}
      </Button>
      <Dialog opened={open} onClose={() => setOpen(false)} title={t("Decline this request?")}>
        <Question booking={booking} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Question({ booking, onClose }: { booking: Booking; onClose: () => void }) {
  const { t } = useTranslation();
  const form = useForm({ enhanceGetInputProps: named, initialValues: { reason: "" } });
  const { onSubmit, busy, problem } = useBookingForm(
    form,
    ({ reason }, key) => declineBooking(booking.id, reason.trim(), key),
    {
      draft: `decline ${booking.id}`,
      wanted: { id: booking.id, statuses: ["declined"] },
      next: () => {
        onClose();
        notifySuccess(t("The request is declined."));
      },
    },
  );
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Text>
          {t("{name} will be notified, and the time will be available again.", {
            name: booking.seeker.first_name,
          })}
        </Text>
        <Textarea
          label={t("Reason")}
          description={t("Optional. {name} will see it", { name: booking.seeker.first_name })}
          autosize
          minRows={2}
          maxLength={500}
          data-autofocus
          {...form.getInputProps("reason")}
        />
        <ErrorNote error={problem} />
        <DialogActions busy={busy}>
          <Button variant="default" disabled={busy} onClick={onClose}>
            {t("Back")}
          </Button>
          <Button type="submit" color="red.9" loading={busy}>
            {t("Decline request")}
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
}
