/** Money travels as an integer in the currency's minor unit; only here does it become text, and text money. */

/** How many digits the currency's minor unit has: 2 for EUR, 0 for JPY. */
export function minorDigits(currency: string): number {
  return format(currency).resolvedOptions().maximumFractionDigits ?? 2;
}

/** 15000, "eur" → "€150.00". */
export function money(amount: number, currency: string): string {
  return format(currency).format(amount / 10 ** minorDigits(currency));
}

/** As `money`, without a fraction that is zero: rates on cards. */
export function roundMoney(amount: number, currency: string): string {
  const scale = 10 ** minorDigits(currency);
  return amount % scale === 0 ? format(currency, 0).format(amount / scale) : money(amount, currency);
}

/** 150.5, "eur" → 15050, rounded half up. */
export function toMinor(major: number, currency: string): number {
  return Math.round(Number((major * 10 ** minorDigits(currency)).toFixed(4)));
}

export function toMajor(amount: number, currency: string): number {
  return amount / 10 ** minorDigits(currency);
}

/** The hourly rate for part of an hour, rounded half up, as the server does it. */
export function price(hourlyRate: number, start: string, end: string): number {
  const seconds = Math.round((Date.parse(end) - Date.parse(start)) / 1000);
  return Math.floor((hourlyRate * seconds * 2 + 3600) / 7200);
}

const formats = new Map<string, Intl.NumberFormat>();

function format(currency: string, digits?: number): Intl.NumberFormat {
  const key = `${currency}/${digits ?? ""}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.NumberFormat("en", {
      style: "currency",
      currency: currency.toUpperCase(),
      currencyDisplay: "narrowSymbol",
      ...(digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    });
    formats.set(key, found);
  }
  return found;
}
