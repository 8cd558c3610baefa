import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { sentence } from "@/lib/api/problem";
import { type Booking, declineBooking } from "./api";
import { useBookingCommand } from "./queries";

/** The consultant says no, with a word to the seeker if they like. */
export function DeclineBooking({ booking }: { booking: Booking }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const decline = useBookingCommand((id, why: string, key) => declineBooking(id, why, key));
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Decline
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title="Decline this request?"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Stack>
          <Text>{booking.seeker.first_name} will be notified, and the time will be available again.</Text>
          <Textarea
            label="Why"
            description={`Optional. ${booking.seeker.first_name} will read it`}
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
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setOpen(false)}>
              Back
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
                      notifySuccess("The request is declined.");
                    },
                  },
                )
              }
            >
              Decline request
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
