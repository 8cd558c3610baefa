/**
 * The reader's choice of a language. It is kept in this browser, and in the account of whoever is signed in: mails are written in
 * it, and other devices use it unless another language was chosen there.
 */
import { api, body } from "./api/client";
import { type User, setUser, useSession } from "./api/session";
import { showLanguage } from "./i18n/i18n";
import { type Language, isLanguage } from "./i18n/languages";
import { choiceOf, keepChoice, readerLocale } from "./i18n/locale";

/** Shows the app in this language, now and from the next load on. Rejects without a network. */
export async function chooseLanguage(language: Language): Promise<void> {
  await showLanguage(language);
  keepChoice(language, useSession.getState().user?.id ?? null);
}

/** Writes the choice into the account, if somebody is signed in. Rejects with what `sentence` can put into words. */
export async function saveLanguage(language: Language): Promise<void> {
  const user = useSession.getState().user;
  if (user === null || user.language === language) return;
  setUser(await body(api.PATCH("/users/me", { body: { language } })));
}

/**
 * Somebody signed in: from now on in the language that they, or the visitor before, have chosen in this browser, and otherwise
 * in the one of their account. An account without a language gets the one that was chosen here.
 */
export async function adoptLanguage(user: User): Promise<void> {
  const chosenHere = choiceOf(user.id) ?? choiceOf(null);
  const language = chosenHere ?? languageOf(user);
  if (language !== null && language !== readerLocale().language) await showLanguage(language);
  if (chosenHere !== null && user.language === null) await saveLanguage(chosenHere);
}

/** Null also for a language that the account got from a later version of the app. */
function languageOf({ language }: User): Language | null {
  return language !== null && isLanguage(language) ? language : null;
}
