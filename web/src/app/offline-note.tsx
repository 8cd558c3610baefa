import { useTranslation } from "react-i18next";
import { useOnline } from "@/lib/online";
import classes from "./offline-note.module.css";

/** Says that the network is gone; queries resume when it is back. */
export function OfflineNote() {
  const online = useOnline();
  return (
    <div role="status" aria-live="polite">
      {!online && <OfflineLine />}
    </div>
  );
}

export function OfflineLine() {
  const { t } = useTranslation();
  return (
    <p className={classes.note}>
      {t("You’re offline. What you see may be out of date; we’ll reconnect automatically.")}
    </p>
  );
}
