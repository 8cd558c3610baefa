import type { UseFormReturnType } from "@mantine/form";
import { fieldErrors } from "@/lib/api/problem";

/**
 * Puts the server's complaints at the fields that they name and moves the focus to the first of them; returns what
 * belongs to no field.
 */
export function showErrors<V extends Record<string, unknown>>(
  form: UseFormReturnType<V>,
  error: unknown,
): string | null {
  const { fields, rest } = fieldErrors(error, Object.keys(form.getValues()));
  form.setErrors(fields);
  const first = Object.keys(fields)[0];
  if (first) form.getInputNode(first)?.focus();
  return rest;
}

export const PASSWORD_LENGTH = { min: 10, max: 128 };

export function passwordProblem(password: string): string | null {
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH.min) return `At least ${PASSWORD_LENGTH.min} characters`;
  return length > PASSWORD_LENGTH.max ? `At most ${PASSWORD_LENGTH.max} characters` : null;
}

export function emailProblem(email: string): string | null {
  return /^\S+@\S+\.\S+$/.test(email.trim()) ? null : "This doesn’t look like an e-mail address";
}
