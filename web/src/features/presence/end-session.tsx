import { Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { StopIcon } from "@/components/ui/icons";
import { notifyError } from "@/components/ui/notify";
import { type Booking, endSession } from "@/features/booking/api";
import { useBookingCommand } from "@/features/booking/queries";
import { money } from "@/lib/money";

/** `charged`: whether ending now costs something; null while it is not known how much is free. */
type Props = { booking: Booking; charged: boolean | null };

/** Ends the session for both, after asking. */
export function EndSession({ booking, charged }: Props) {
  const [asking, setAsking] = useState(false);
  const { t } = useTranslation();
  const close = () => setAsking(false);
  return (
    <>
      <Button size="lg" color="red.9" leftSection={<StopIcon />} onClick={() => setAsking(true)}>
        {t("End session")}
      </Button>
      <Dialog opened={asking} onClose={close} title={t("End this session?")}>
        <Question booking={booking} charged={charged} onClose={close} />
      </Dialog>
    </>
  );
}

function Question({ booking, charged, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const end = useBookingCommand((id, _: undefined, key) => endSession(id, key), ["completed", "no_show"]);
  const finish = () =>
    end.mutate({ id: booking.id, vars: undefined }, { onError: notifyError, onSettled: onClose });
  return (
    <Stack>
      <Text>
        {t("This ends the session for both of you.")}{" "}
        {charged === null
          ? ""
          : charged
            ? t("{price} will be charged.", { price: money(booking.amount, booking.currency) })
            : t("The free period isn’t over, so nothing will be charged.")}
      </Text>
      <DialogActions busy={end.isPending}>
        <Button variant="default" disabled={end.isPending} onClick={onClose} data-autofocus>
          {t("Keep talking")}
        </Button>
        <Button color="red.9" loading={end.isPending} onClick={finish}>
          {t("End now")}
        </Button>
      </DialogActions>
    </Stack>
  );
}
