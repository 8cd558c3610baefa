import { useTranslation } from "react-i18next";
import { DownloadButton } from "@/components/ui/download-button";
import { fetchCalendarFile } from "./api";

/** Saves a booking as a calendar file. */
export function AddToCalendar({ bookingId }: { bookingId: string }) {
  const { t } = useTranslation();
  return <DownloadButton label={t("Add to calendar")} fetch={() => fetchCalendarFile(bookingId)} />;
}
