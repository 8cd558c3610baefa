import { Button, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { DialogActions } from "@/components/ui/dialog";
import type { Booking } from "./api";

type Props = {
  /** The reader's own booking, which has the time; null where somebody else has it. */
  own: Booking | null;
  onClose: () => void;
};

/** Says of a time that was picked that it is not free, and leads on. */
export function TimeGone({ own, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Text>
        {own
          ? t("It is the time of your booking with {name}.", { name: own.consultant.first_name })
          : t("Someone has just booked it. Please pick another time.")}
      </Text>
      <DialogActions>
        <Button variant={own ? "default" : "filled"} onClick={onClose}>
          {t("See available times")}
        </Button>
        {own && (
          <Button component={Link} to={`/booking/${own.id}`} replace>
            {t("See the booking")}
          </Button>
        )}
      </DialogActions>
    </Stack>
  );
}
