/** The languages that the app speaks: each has a catalogue in `src/locales`, except English, which is the source. */
export const LANGUAGES = {
  en: { name: "English", direction: "ltr" },
  de: { name: "Deutsch", direction: "ltr" },
  ar: { name: "العربية", direction: "rtl" },
} as const;

export type Language = keyof typeof LANGUAGES;

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}

/** What the reader understands (`language`), and by whose habits dates, clocks and numbers are written (`locale`). */
export type ReaderLocale = { language: Language; locale: string };

/**
 * The reader's language and locale. `chosen` is the account's setting, `preferred` the browser's list of tags, best
 * first. A language that is not the browser's own keeps the browser's region: English in Germany is `en-DE`.
 */
export function negotiate(preferred: readonly string[], chosen: Language | null): ReaderLocale {
  const tags = preferred.flatMap(parseTag);
  const language = chosen ?? tags.map((tag) => tag.language).find(isLanguage) ?? "en";
  const first = tags[0];
  if (!first || first.language === language) return { language, locale: first?.toString() ?? language };
  const locale = new Intl.Locale(language, first.region ? { region: first.region } : {}).toString();
  // For English in a region without English conventions of its own `Intl` would take those of the United States.
  const resolved = new Intl.DateTimeFormat(locale).resolvedOptions().locale;
  return { language, locale: resolved === "en" && first.region !== "US" ? "en-150" : locale };
}

function parseTag(tag: string): Intl.Locale[] {
  try {
    return [new Intl.Locale(tag)];
  } catch {
    return [];
  }
}
