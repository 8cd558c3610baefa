/** What is checked before an account’s forms are sent; the server checks again. */
export const PASSWORD_LENGTH = { min: 10, max: 128 };

export function passwordProblem(password: string): string | null {
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH.min) return `At least ${PASSWORD_LENGTH.min} characters`;
  return length > PASSWORD_LENGTH.max ? `At most ${PASSWORD_LENGTH.max} characters` : null;
}

export function emailProblem(email: string): string | null {
  if (!email.trim()) return "Enter your e-mail address";
  return /^\S+@\S+\.\S+$/.test(email.trim()) ? null : "This doesn’t look like an e-mail address";
}
