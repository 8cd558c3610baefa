import { Button } from "@mantine/core";
import { complained, told } from "@/components/ui/notify";
import { type Booking, acceptBooking } from "./api";
import { useBookingVerb } from "./queries";

/** The consultant says yes; the card is then charged by itself, so nothing more is asked. */
export function AcceptBooking({ booking }: { booking: Booking }) {
  const accept = useBookingVerb((id, _: undefined, key) => acceptBooking(id, key));
  return (
    <Button
      // Also after the answer, until the list shows the booking as accepted.
      loading={accept.isPending || accept.isSuccess}
      onClick={() =>
        accept.mutate(
          { id: booking.id, vars: undefined },
          {
            onSuccess: () => told(`You accepted ${booking.seeker.first_name}’s request.`),
            onError: complained,
          },
        )
      }
    >
      Accept
    </Button>
  );
}
