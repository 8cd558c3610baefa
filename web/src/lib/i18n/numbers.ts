/** Numbers that are neither money nor time, as the reader's locale writes them. */
import { memo } from "../memo";
import { readerLocale } from "./locale";

const formats = new Map<string, Intl.NumberFormat>();
const languageNames = new Map<string, Intl.DisplayNames>();

/** 1234.5 → "1,234.5". */
export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  const { locale } = readerLocale();
  const key = locale + JSON.stringify(options);
  return memo(formats, key, () => new Intl.NumberFormat(locale, options)).format(value);
}

/** 2026 → "2026", in the digits in which the reader's dates are. */
export function formatYear(year: number): string {
  return formatNumber(year, { useGrouping: false });
}

/** Basis points as a percentage: 1250 → "12.5%". */
export function formatBasisPoints(basisPoints: number): string {
  return formatNumber(basisPoints / 10_000, { style: "percent", maximumFractionDigits: 2 });
}

/** "German" for "de"; the code where the reader's language has no word for it, or where it is none by BCP 47. */
export function languageName(code: string): string {
  const { language } = readerLocale();
  const names = memo(
    languageNames,
    language,
    () => new Intl.DisplayNames([language], { type: "language", fallback: "code" }),
  );
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}
