/** What the API says about single fields, worded here: by its code where it gives one, else in its own words. */
import { msg, t } from "../i18n/i18n";
import { readerLocale } from "../i18n/locale";
import type { FieldError } from "./problem";

const WORDS: Record<string, string> = {
  required: msg("Please fill this in"),
  too_long: msg("At most {max, number} characters"),
  too_short: msg("At least {min, number} characters"),
  too_many: msg("At most {max, number} entries"),
  too_few: msg("At least {min, number} entries"),
  too_large: msg("At most {max, number}"),
  too_small: msg("At least {min, number}"),
  not_an_email: msg("This doesn’t look like an e-mail address"),
  not_a_time_zone: msg("Choose a time zone from the list"),
  line_break: msg("This must be a single line"),
  unusual_characters: msg("Please use visible characters only"),
  unchanged: msg("This is the same as before"),
  past: msg("This must be in the future"),
  overlap: msg("This overlaps another time"),
  wrong_order: msg("The end must be after the start"),
};

/** Names of fields that no form of the page has, for the sentence above it. */
const FIELDS: Record<string, string> = {
  first_name: msg("First name"),
  last_name: msg("Last name"),
  email: msg("E-mail"),
  password: msg("Password"),
  time_zone: msg("Time zone"),
  headline: msg("Headline"),
  bio: msg("About you"),
  expertise_tags: msg("Topics"),
  languages: msg("Languages"),
  hourly_rate: msg("Hourly rate"),
  message: msg("Message"),
  comment: msg("Comment"),
  start_time: msg("Start"),
  end_time: msg("End"),
};

/** "At most 50 characters": how it is said beside the field. */
export function fieldMessage({ message, code, params }: FieldError): string {
  const words = code === undefined ? undefined : WORDS[code];
  if (words) return t(words, params ?? {});
  // The API speaks English; in another language an exact sentence that nobody reads is worth less than a vague one.
  return readerLocale().language === "en" ? withoutStop(message) : t("This isn’t valid");
}

/** "Start: The end must be after the start": how it is said elsewhere. */
export function namedFieldMessage(error: FieldError): string {
  const name = fieldName(error.field);
  return name ? t("{field}: {message}", { field: name, message: fieldMessage(error) }) : fieldMessage(error);
}

/** `slots[0].end_time` → "End"; `new_field` → "New field", in English only. */
function fieldName(field: string): string | null {
  const last = (field.split(".").pop() ?? field).replace(/\[\d+\]$/, "");
  const known = FIELDS[last];
  if (known) return t(known);
  return readerLocale().language === "en" ? capital(last.replaceAll("_", " ")) : null;
}

/** The API's sentences end with a full stop; beside a field there is none. */
function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
