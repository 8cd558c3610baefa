import { useTranslation } from "react-i18next";
import { VerifiedIcon } from "./icons";
import classes from "./verified.module.css";

/** Says that an expert's address and payout account are verified. */
export function Verified() {
  const { t } = useTranslation();
  return (
    <span className={classes.mark}>
      <VerifiedIcon size={16} />
      {t("Verified")}
    </span>
  );
}
