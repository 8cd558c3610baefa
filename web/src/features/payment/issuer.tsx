import { useTranslation } from "react-i18next";
import classes from "./sheet.module.css";

type Props = { line: string; of: { issuer_address: string[]; tax_id: string | null; note: string | null } };

/** Who issues a document, as tax law wants it: `line` says who and for whom. */
export function Issuer({ line, of }: Props) {
  const { t } = useTranslation();
  return (
    <address className={classes.issuer}>
      <span>{line}</span>
      {of.issuer_address.map((part) => (
        <span key={part}>{part}</span>
      ))}
      {of.tax_id && <span>{t("Tax number: {number}", { number: of.tax_id })}</span>}
      {of.note && <span>{of.note}</span>}
    </address>
  );
}
