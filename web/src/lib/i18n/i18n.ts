/**
 * The texts of the app. The English text in the source is the key of its translations, so English needs no catalogue;
 * those of other languages are loaded when somebody reads in them. Components call `useTranslation()` of react-i18next,
 * everything else `t` from here. See "Add a text" in CONTRIBUTING.md.
 */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { icuFormat } from "./icu";
import type { Language } from "./languages";
import { announceChoice, labelDocument, readIn, readerLocale } from "./locale";

const NAMESPACE = "translation";

const catalogues: Record<Exclude<Language, "en">, () => Promise<{ default: Record<string, string> }>> = {
  de: () => import("@/locales/de.json"),
  ar: () => import("@/locales/ar.json"),
};

void i18next
  .use(icuFormat)
  .use(initReactI18next)
  .init({
    lng: "en",
    fallbackLng: false,
    resources: { en: { [NAMESPACE]: {} } },
    initAsync: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });

/** The text in the reader's language at this moment: call it where the text is shown, not when the module loads. */
export const t = i18next.t;

/** Marks a text that is translated later with `t(text)`: the values of constant tables, for instance. */
export const msg = <T extends string>(text: T): T => text;

/** Loads the texts of the reader's language; to be awaited before the first render. Rejects without a network. */
export async function loadTexts(): Promise<void> {
  announceChoice();
  const { language } = readerLocale();
  await loadCatalogue(language);
  await i18next.changeLanguage(language);
  labelDocument(readerLocale());
}

/** Shows everything in this language, now and after the next load. Rejects without a network. */
export async function showLanguage(language: Language): Promise<void> {
  await loadCatalogue(language);
  // Before the texts: they have the screens rendered again, with dates and numbers in the new locale.
  readIn(language);
  labelDocument(readerLocale());
  await i18next.changeLanguage(language);
}

async function loadCatalogue(language: Language): Promise<void> {
  if (language === "en" || i18next.hasResourceBundle(language, NAMESPACE)) return;
  const catalogue = await catalogues[language]();
  i18next.addResourceBundle(language, NAMESPACE, catalogue.default);
}
