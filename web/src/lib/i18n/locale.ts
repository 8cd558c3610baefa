/** Who reads: the language of the texts, and the locale by which dates, clocks, numbers and money are written. */
import { create } from "zustand";
import { type Language, type ReaderLocale, LANGUAGES, isLanguage, negotiate } from "./languages";

/** The cookie by which the gateway knows a choice before the app runs; it is the same for everybody who reads in a language. */
const COOKIE = "language";
const A_YEAR = 365 * 24 * 3600;
/** What this browser was last read in; what accounts and visitors have chosen here is kept beside it. */
const LAST = "cc.language";
const choiceKey = (userId: string | null) => `${LAST}.${userId ?? "visitor"}`;

/** For components: they are rendered again when the reader chooses another language. */
export const useLocale = create<ReaderLocale>(() => negotiate(browserTags(), lastLanguage()));

/** For everything that is no component. */
export const readerLocale = (): ReaderLocale => useLocale.getState();

/** From now on, here and after the next load. The texts are `showLanguage`'s part (see `i18n.ts`). */
export function readIn(language: Language): void {
  store(LAST, language);
  announceChoice();
  useLocale.setState(negotiate(browserTags(), language));
}

/** Remembers what an account has chosen in this browser, or a visitor (null). */
export function keepChoice(language: Language, userId: string | null): void {
  store(choiceKey(userId), language);
}

/** What an account has chosen in this browser, or a visitor (null); null when they have not. */
export function choiceOf(userId: string | null): Language | null {
  return stored(choiceKey(userId));
}

/** What this browser was last read in by a choice; null when it still follows its own settings. */
export function lastLanguage(): Language | null {
  return stored(LAST);
}

/** Has the gateway write the next pages in the chosen language, if there is a choice. */
export function announceChoice(): void {
  const language = lastLanguage();
  if (language === null) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=${language}; Path=/; Max-Age=${A_YEAR}; SameSite=Lax${secure}`;
}

/** Tells the browser, its screen readers and its hyphenation which language the page has and where it begins. */
export function labelDocument({ language, locale }: ReaderLocale): void {
  document.documentElement.lang = locale.startsWith(language) ? locale : language;
  document.documentElement.dir = LANGUAGES[language].direction;
}

function store(key: string, language: Language): void {
  try {
    localStorage.setItem(key, language);
  } catch {
    // Storage is switched off: the choice lasts until the reload.
  }
}

function stored(key: string): Language | null {
  try {
    const language = localStorage.getItem(key);
    return language !== null && isLanguage(language) ? language : null;
  } catch {
    return null;
  }
}

function browserTags(): readonly string[] {
  return typeof navigator === "undefined" ? [] : navigator.languages;
}
