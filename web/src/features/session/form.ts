/** What is checked before an account’s forms are sent; the server checks again. */
import { t } from "@/lib/i18n/i18n";

export const PASSWORD_LENGTH = { min: 10, max: 128 };

/** What is asked of a password, for its field. */
export const passwordHint = () =>
  t("At least {count, number} characters; a few words are fine", { count: PASSWORD_LENGTH.min });

export function passwordProblem(password: string): string | null {
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH.min)
    return t("At least {count, number} characters", { count: PASSWORD_LENGTH.min });
  return length > PASSWORD_LENGTH.max
    ? t("At most {count, number} characters", { count: PASSWORD_LENGTH.max })
    : null;
}

export function emailProblem(email: string): string | null {
  if (!email.trim()) return t("Enter your e-mail address");
  return /^\S+@\S+\.\S+$/.test(email.trim()) ? null : t("This doesn’t look like an e-mail address");
}
