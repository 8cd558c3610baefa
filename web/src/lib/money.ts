/**
 * Money travels as an integer in the unit that Stripe's API takes; only here does it become text, and text money, as the
 * reader's locale writes it.
 */
import { LANGUAGES } from "./i18n/languages";
import { readerLocale } from "./i18n/locale";
import { memo } from "./memo";

type Known = { code: string; exponent: number };

// Stripe's published facts, for the moment before the server's table is known. Two digits where nothing is said, also for
// ISK and UGX, whose amounts are hundredths although people no longer use them.
const exponents = new Map<string, number>([
  ...[
    "bif",
    "clp",
    "djf",
    "gnf",
    "jpy",
    "kmf",
    "krw",
    "mga",
    "pyg",
    "rwf",
    "vnd",
    "vuv",
    "xaf",
    "xof",
    "xpf",
  ].map((code) => [code, 0] as const),
  ...["bhd", "jod", "kwd", "omr", "tnd"].map((code) => [code, 3] as const),
]);

/** Takes over the server's table. */
export function learnCurrencies(currencies: readonly Known[]): void {
  for (const { code, exponent } of currencies) exponents.set(code, exponent);
}

/** An amount is so many 10 ** -digits of the unit that people know: 2 for EUR, 0 for JPY. */
export function minorDigits(currency: string): number {
  return exponents.get(currency.toLowerCase()) ?? 2;
}

/** 15000, "eur" → "€150.00". */
export function money(amount: number, currency: string): string {
  const digits = minorDigits(currency);
  const scale = 10 ** digits;
  const whole = amount % scale === 0 && usualDigits(currency) === 0;
  return write(format(currency, whole ? 0 : digits), amount / scale);
}

/** As `money`, without a fraction that is zero: rates on cards. */
export function roundMoney(amount: number, currency: string): string {
  const scale = 10 ** minorDigits(currency);
  return amount % scale === 0 ? write(format(currency, 0), amount / scale) : money(amount, currency);
}

/** 1250000, "eur" → "€12.5K": for the axis of a chart. */
export function compactMoney(amount: number, currency: string): string {
  const compact = new Intl.NumberFormat(readerLocale().locale, {
    style: "currency",
    currency: currency.toUpperCase(),
    notation: "compact",
    maximumFractionDigits: 1,
  });
  return write(compact, amount / 10 ** minorDigits(currency));
}

/** 150.5, "eur" → 15050, rounded half up. */
export function toMinor(major: number, currency: string): number {
  return Math.round(Number((major * 10 ** minorDigits(currency)).toFixed(4)));
}

/** 15050, "eur" → "150.50", or "150,50" where that is usual: how a field shows it. `parseMoney` is the way back. */
export function majorText(amount: number, currency: string): string {
  const digits = minorDigits(currency);
  const scale = 10 ** digits;
  const shown = amount % scale === 0 ? 0 : digits;
  return new Intl.NumberFormat(readerLocale().locale, {
    numberingSystem: "latn",
    useGrouping: false,
    minimumFractionDigits: shown,
    maximumFractionDigits: shown,
  }).format(amount / scale);
}

/**
 * What somebody typed as an amount in minor units: "1,250.00", "1.250,00", "1 250", "1'250.5". Null for what is no amount,
 * has more digits than the currency, or could mean two things ("1.250" where thousandths exist).
 */
export function parseMoney(text: string, currency: string): number | null {
  const digits = minorDigits(currency);
  const plain = latinDigits(text)
    .replaceAll(/[\s\u00a0\u202f'’]/g, "")
    .replace(/^\p{Sc}|\p{Sc}$/gu, "");
  if (!/^\d[\d.,]*$/.test(plain)) return null;
  const last = Math.max(plain.lastIndexOf("."), plain.lastIndexOf(","));
  const separators = plain.replaceAll(/\d/g, "");
  const after = last < 0 ? 0 : plain.length - last - 1;
  const mixed = new Set(separators).size > 1;
  if (!mixed && separators.length === 1 && after === 3 && digits === 3) return null;
  const fractional = last >= 0 && (mixed || (separators.length === 1 && after !== 3));
  const whole = fractional ? plain.slice(0, last) : plain;
  const fraction = fractional ? plain.slice(last + 1) : "";
  const grouped = whole.includes(".") || whole.includes(",");
  if (grouped && !/^\d{1,3}(?:\.\d{3})+$|^\d{1,3}(?:,\d{3})+$/.test(whole)) return null;
  if (mixed && whole.includes(plain[last] ?? "")) return null;
  if (fractional && (fraction.length === 0 || fraction.length > digits)) return null;
  const minor = Number(whole.replaceAll(/[.,]/g, "") + fraction.padEnd(digits, "0"));
  return Number.isSafeInteger(minor) ? minor : null;
}

/** Arabic keyboards have digits and separators of their own: "١٬٢٥٠٫٥" is "1,250.5". */
function latinDigits(text: string): string {
  return text
    .replaceAll(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replaceAll("٬", ",")
    .replaceAll("٫", ".");
}

/** The hourly rate for part of an hour, rounded half up, as the server does it. */
export function price(hourlyRate: number, start: string, end: string): number {
  const seconds = Math.round((Date.parse(end) - Date.parse(start)) / 1000);
  return Math.floor((hourlyRate * seconds * 2 + 3600) / 7200);
}

const formats = new Map<string, Intl.NumberFormat>();

function format(currency: string, digits?: number): Intl.NumberFormat {
  const { locale } = readerLocale();
  const key = `${locale}/${currency}/${digits ?? ""}`;
  const fraction =
    digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const options = { style: "currency", currency: currency.toUpperCase(), ...fraction } as const;
  return memo(formats, key, () => new Intl.NumberFormat(locale, options));
}

const LEFT_TO_RIGHT_MARK = "\u200e";

/** Symbols are those that no two currencies share for this reader: "$" and "MX$", or "US$" and "$". */
function write(of: Intl.NumberFormat, amount: number): string {
  if (LANGUAGES[readerLocale().language].direction === "ltr") return of.format(amount);
  // Otherwise the sign of "US$" would be moved to the other side of its letters.
  return of
    .formatToParts(amount)
    .map(({ type, value }) =>
      type === "currency" && /^[A-Z]/.test(value) ? value + LEFT_TO_RIGHT_MARK : value,
    )
    .join("");
}

/** How many digits people write, which is not always what the API counts in. */
function usualDigits(currency: string): number {
  return format(currency).resolvedOptions().maximumFractionDigits ?? 2;
}
