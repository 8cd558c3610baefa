import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { type Booking, acceptBooking } from "./api";
import { useBookingCommand } from "./queries";

/** The consultant says yes; the amount is then held on the card without anybody's doing, so nothing more is asked. */
export function AcceptBooking({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const accept = useBookingCommand(
    (id, _: undefined, key) => acceptBooking(id, key),
    ["accepted", "payment_failed", "confirmed"],
  );
  return (
    <Button
      // Also after the answer, until the list shows the booking as accepted.
      loading={accept.isPending || accept.isSuccess}
      onClick={() =>
        accept.mutate(
          { id: booking.id, vars: undefined },
          {
            onSuccess: () =>
              notifySuccess(t("You accepted {name}’s request.", { name: booking.seeker.first_name })),
            onError: notifyError,
          },
        )
      }
    >
      {t("Accept")}
    </Button>
  );
}
