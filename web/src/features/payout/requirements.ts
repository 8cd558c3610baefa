/** Stripe names what it misses by paths (`individual.verification.document`); people get words. */
const WORDS: [RegExp, string][] = [
  [/external_account|payout_methods?|bank/, "Your bank account"],
  [/tos_acceptance|terms/, "Your agreement to Stripe’s terms"],
  [/verification|document/, "A proof of identity"],
  [/dob|date_of_birth/, "Your date of birth"],
  [/address/, "Your address"],
  [/id_number|ssn/, "Your personal identification number"],
  [/phone/, "Your phone number"],
  [/email/, "Your e-mail address"],
  [/first_name|last_name|given_name|surname/, "Your name"],
  [/business_profile|business_type|company/, "What kind of business you are"],
];

export function requirement(path: string): string {
  const found = WORDS.find(([pattern]) => pattern.test(path));
  if (found) return found[1];
  const words = path.replaceAll(/[._]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
