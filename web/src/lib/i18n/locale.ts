/** Who reads: the language of the texts, and the locale by which dates, clocks, numbers and money are written. */
import { create } from "zustand";
import { type Language, type ReaderLocale, LANGUAGES, isLanguage, negotiate } from "./languages";

const STORED = "cc.language";

/** For components: they are rendered again when the reader chooses another language. */
export const useLocale = create<ReaderLocale>(() => negotiate(browserTags(), storedLanguage()));

/** For everything that is no component. */
export const readerLocale = (): ReaderLocale => useLocale.getState();

/** From now on, here and after the next load. The texts are `setLanguage`'s part (see `i18n.ts`). */
export function storeLanguage(language: Language): void {
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // Storage is switched off: the choice lasts until the reload.
  }
  useLocale.setState(negotiate(browserTags(), language));
}

/** Tells the browser, its screen readers and its hyphenation which language the page has and where it begins. */
export function labelDocument({ language, locale }: ReaderLocale): void {
  document.documentElement.lang = locale.startsWith(language) ? locale : language;
  document.documentElement.dir = LANGUAGES[language].direction;
}

function storedLanguage(): Language | null {
  try {
    const stored = localStorage.getItem(STORED);
    return stored !== null && isLanguage(stored) ? stored : null;
  } catch {
    return null;
  }
}

function browserTags(): readonly string[] {
  return typeof navigator === "undefined" ? [] : navigator.languages;
}
