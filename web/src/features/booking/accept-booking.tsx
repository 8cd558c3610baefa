import { Button } from "@mantine/core";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { type Booking, acceptBooking } from "./api";
import { useBookingCommand } from "./queries";

/** The consultant says yes; the card is then charged by itself, so nothing more is asked. */
export function AcceptBooking({ booking }: { booking: Booking }) {
  const accept = useBookingCommand((id, _: undefined, key) => acceptBooking(id, key));
  return (
    <Button
      // Also after the answer, until the list shows the booking as accepted.
      loading={accept.isPending || accept.isSuccess}
      onClick={() =>
        accept.mutate(
          { id: booking.id, vars: undefined },
          {
            onSuccess: () => notifySuccess(`You accepted ${booking.seeker.first_name}’s request.`),
            onError: notifyError,
          },
        )
      }
    >
      Accept
    </Button>
  );
}
