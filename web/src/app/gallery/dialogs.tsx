import { Button, Skeleton, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { CancelBooking } from "@/features/booking/cancel-booking";
import { DeclineBooking } from "@/features/booking/decline-booking";
import classes from "./gallery.module.css";
import { bookingIn } from "./samples";
import { Section, Specimen, Specimens } from "./section";

function Opener({ title, children }: { title: string; children: (close: () => void) => ReactNode }) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {title}
      </Button>
      <Dialog opened={open} onClose={close} title={title}>
        {children(close)}
      </Dialog>
    </>
  );
}

export function Dialogs() {
  return (
    <Section id="dialogs" title="Dialogs">
      <Specimens>
        <Specimen title="A question, a form, a long one, one that loads">
          <div className={classes.row}>
            <Opener title="Remove this card?">
              {(close) => (
                <Stack>
                  <Text>Accepted requests can’t be paid until you add another card.</Text>
                  <DialogActions>
                    <Button variant="default" onClick={close}>
                      Keep it
                    </Button>
                    <Button color="red.9" onClick={close}>
                      Remove card
                    </Button>
                  </DialogActions>
                </Stack>
              )}
            </Opener>
            <Opener title="Add a calendar">
              {(close) => (
                <Stack>
                  <TextInput label="Name" />
                  <TextInput label="Address" error="Enter the address of a calendar" />
                  <DialogActions>
                    <Button variant="default" onClick={close}>
                      Back
                    </Button>
                    <Button onClick={close}>Add</Button>
                  </DialogActions>
                </Stack>
              )}
            </Opener>
            <Opener title="A long form">
              {(close) => (
                <Stack>
                  {Array.from({ length: 9 }, (_, index) => (
                    <Textarea key={index} label={`Question ${index + 1}`} minRows={3} autosize />
                  ))}
                  <DialogActions>
                    <Button onClick={close}>Send answers</Button>
                  </DialogActions>
                </Stack>
              )}
            </Opener>
            <Opener title="Crop your photo">{() => <Skeleton height={320} />}</Opener>
          </div>
        </Specimen>
        <Specimen title="Cancelling: free, with a fee; declining">
          <div className={classes.row}>
            <CancelBooking booking={{ ...bookingIn("confirmed"), id: "free" }} side="seeker" />
            <CancelBooking booking={{ ...bookingIn("confirmed"), id: "late" }} side="seeker" />
            <DeclineBooking booking={bookingIn("requested")} />
          </div>
        </Specimen>
      </Specimens>
    </Section>
  );
}
