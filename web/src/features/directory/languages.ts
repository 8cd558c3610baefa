import { languageName as nameOf } from "@/lib/i18n/numbers";

/** Languages as the directory stores them: BCP 47 codes. */
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

/** "German" for "de", in the reader's language. */
export function languageName(code: string): string {
  try {
    return nameOf(code);
  } catch {
    return code;
  }
}
