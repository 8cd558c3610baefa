import { msg, t } from "@/lib/i18n/i18n";

/** Stripe names what it misses by paths (`individual.verification.document`); people get words. */
const WORDS: [RegExp, string][] = [
  [/external_account|payout_methods?|bank/, msg("Your bank account")],
  [/tos_acceptance|terms/, msg("Your agreement to Stripe’s terms")],
  [/verification|document/, msg("Proof of identity")],
  [/dob|date_of_birth/, msg("Your date of birth")],
  [/address/, msg("Your address")],
  [/id_number|ssn/, msg("Your personal identification number")],
  [/phone/, msg("Your phone number")],
  [/email/, msg("Your e-mail address")],
  [/first_name|last_name|given_name|surname/, msg("Your name")],
  [/business_profile|business_type|company/, msg("Your type of business")],
];

export function requirement(path: string): string {
  const found = WORDS.find(([pattern]) => pattern.test(path));
  if (found) return t(found[1]);
  const words = path.replaceAll(/[._]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
