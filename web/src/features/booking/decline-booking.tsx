import { Button, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { sentence } from "@/lib/api/problem";
import { type Booking, declineBooking } from "./api";
import { useBookingCommand } from "./queries";

/** The consultant says no, with a word to the seeker if they like. */
export function DeclineBooking({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const decline = useBookingCommand((id, why: string, key) => declineBooking(id, why, key), ["declined"]);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t("Decline")}
      </Button>
      <Dialog opened={open} onClose={() => setOpen(false)} title={t("Decline this request?")}>
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
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {decline.isError && (
            <Note kind="bad" live>
              {sentence(decline.error)}
            </Note>
          )}
          <DialogActions>
            <Button variant="default" onClick={() => setOpen(false)}>
              {t("Back")}
            </Button>
            <Button
              color="red.9"
              loading={decline.isPending}
              onClick={() =>
                decline.mutate(
                  { id: booking.id, vars: reason.trim() },
                  {
                    onSuccess: () => {
                      setOpen(false);
                      notifySuccess(t("The request is declined."));
                    },
                  },
                )
              }
            >
              {t("Decline request")}
            </Button>
          </DialogActions>
        </Stack>
      </Dialog>
    </>
  );
}
