import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { DownloadIcon } from "@/components/ui/icons";
import type { Booking } from "./api";
import { calendarFile } from "./calendar-file";
import type { Side } from "./labels";

/** Saves the booking as a calendar file. */
export function AddToCalendar({ booking, side }: { booking: Booking; side: Side }) {
  const { t } = useTranslation();
  const save = () => {
    const content = calendarFile(booking, side, `${location.origin}/booking/${booking.id}`);
    const url = URL.createObjectURL(new Blob([content], { type: "text/calendar;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "session.ics";
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  return (
    <Button variant="default" leftSection={<DownloadIcon size={18} />} onClick={save}>
      {t("Add to calendar")}
    </Button>
  );
}
