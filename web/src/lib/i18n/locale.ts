/** Who reads: the language of the texts, and the locale by which dates, clocks, numbers and money are written. */
import { create } from "zustand";
import { type Language, type ReaderLocale, LANGUAGES, isLanguage, negotiate } from "./languages";

/** What this browser was last read in; what an account has chosen here is kept beside it. */
const STORED = "cc.language";
const ofAccount = (userId: string) => `${STORED}.${userId}`;

/** For components: they are rendered again when the reader chooses another language. */
export const useLocale = create<ReaderLocale>(() => negotiate(browserTags(), storedLanguage()));

/** For everything that is no component. */
export const readerLocale = (): ReaderLocale => useLocale.getState();

/**
 * From now on, here and after the next load; and for the account, if one has chosen it. The texts are `chooseLanguage`'s
 * part (see `i18n.ts`).
 */
export function storeLanguage(language: Language, userId: string | null): void {
  try {
    localStorage.setItem(STORED, language);
    if (userId !== null) localStorage.setItem(ofAccount(userId), language);
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

/** What an account has chosen in this browser; null when it has not. */
export function languageOf(userId: string): Language | null {
  return storedLanguage(ofAccount(userId));
}

function storedLanguage(key = STORED): Language | null {
  try {
    const stored = localStorage.getItem(key);
    return stored !== null && isLanguage(stored) ? stored : null;
  } catch {
    return null;
  }
}

function browserTags(): readonly string[] {
  return typeof navigator === "undefined" ? [] : navigator.languages;
}
