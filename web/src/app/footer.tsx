import { useTranslation } from "react-i18next";
import { LanguageSelect } from "@/components/ui/language-select";
import { formatDuration, useFreePeriod } from "@/features/booking/free-period";
import { useBrandName } from "@/lib/config";
import classes from "./footer.module.css";

/** What this marketplace promises everybody, and the operator's legal pages, which the gateway serves. */
export function Footer() {
  const { t } = useTranslation();
  const brand = useBrandName();
  const free = useFreePeriod();
  return (
    <footer className={`unprinted ${classes.footer}`}>
      <p>
        <strong>{brand}</strong>
        {free !== null && free > 0 && (
          <span>{t("Sessions of up to {time} are free.", { time: formatDuration(free) })}</span>
        )}
      </p>
      <nav aria-label={t("Legal")}>
        <a href="/terms">{t("Terms")}</a>
        <a href="/privacy">{t("Privacy")}</a>
        <a href="/imprint">{t("Imprint")}</a>
        <a href="/contact">{t("Contact")}</a>
      </nav>
      <LanguageSelect size="xs" />
    </footer>
  );
}
