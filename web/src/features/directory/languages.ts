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
