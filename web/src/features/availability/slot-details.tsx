import { Button, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { TrashIcon } from "@/components/ui/icons";
import { Note } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { keys } from "@/lib/query-keys";
import { span } from "@/lib/time";
import { type Slot, removeSlot } from "./api";
import type { Guest } from "./guests";
import { isPast } from "./layout";

type Props = {
  slot: Slot | null;
  guest: Guest | null;
  zone: string;
  now: number;
  queryKey: readonly unknown[];
  onClose: () => void;
};

/** A slot that was clicked: who has booked it, that nobody has, or a way to take it back. */
export function SlotDetails({ slot, onClose, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog
      opened={slot !== null}
      onClose={onClose}
      title={
        slot?.is_booked
          ? t("Booked time")
          : slot && isPast(slot, rest.now)
            ? t("Past time")
            : t("Available time")
      }
    >
      {slot && <Details slot={slot} onClose={onClose} {...rest} />}
    </Dialog>
  );
}

function Details({ slot, guest, zone, now, queryKey, onClose }: Props & { slot: Slot }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeSlot(slot.id),
    // Gone at once; put back if the server refuses.
    onMutate: async () => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData<Slot[]>(queryKey);
      client.setQueryData<Slot[]>(queryKey, (all) => all?.filter((one) => one.id !== slot.id));
      onClose();
      return before;
    },
    onError: (error, _, before) => {
      client.setQueryData(queryKey, before);
      notifyError(error);
    },
    onSuccess: () => notifySuccess(t("The time is no longer open.")),
    onSettled: () => client.invalidateQueries({ queryKey: keys.slots.all }),
  });
  return (
    <Stack>
      <Text fw={600}>{span(slot.start_time, slot.end_time, zone)}</Text>
      {slot.is_booked ? (
        <Note kind="info">
          {guest
            ? t("{guest} has booked this time, so it can’t be removed.", { guest: guest.name })
            : t("Someone has booked this time, so it can’t be removed.")}{" "}
          <Link to={guest ? `/booking/${guest.bookingId}` : "/dashboard"}>
            {guest ? t("See the booking") : t("See your bookings")}
          </Link>
        </Note>
      ) : isPast(slot, now) ? (
        <Text>{t("This time has begun or is over. Nobody has booked it, and nobody can any more.")}</Text>
      ) : (
        <DialogActions>
          <Button variant="default" onClick={onClose}>
            {t("Keep it")}
          </Button>
          <Button color="red.9" leftSection={<TrashIcon size={18} />} onClick={() => remove.mutate()}>
            {t("Remove")}
          </Button>
        </DialogActions>
      )}
    </Stack>
  );
}
