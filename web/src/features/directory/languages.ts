/** Languages as the directory stores them (BCP 47 codes) and as people call them. */
const NAMES = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

export const LANGUAGES = [
  "en",
  "de",
  "fr",
  "es",
  "it",
  "pt",
  "nl",
  "cs",
  "pl",
  "uk",
  "sv",
  "tr",
  "ar",
  "hi",
  "zh",
  "ja",
];

export function languageName(code: string): string {
  try {
    return NAMES.of(code) ?? code;
  } catch {
    return code;
  }
}
