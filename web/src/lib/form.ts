/** What every form shares: its names, the way it is sent, and where complaints are shown. */
import type { FormErrors, UseFormReturnType } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useRef, useState } from "react";
import { Intent } from "./api/intent";
import { fieldErrors } from "./api/problem";
import { useDraft } from "./drafts";

/** Where a form's errors hold what is wrong with it as a whole; cleared with the rest of them. */
export const WHOLE_FORM = "";

type Options<V, R> = {
  /** Called with the answer, also when the form has left the page meanwhile. The form is busy until it resolves. */
  onSuccess?: (answer: R, values: V) => void | Promise<void>;
  onError?: (error: unknown, values: V) => void;
  onSettled?: () => void;
  /** What the page does next. Not called when the form has left it meanwhile. */
  next?: (answer: R) => void;
  /** Sent successfully once: stays busy after the answer, until something else takes the form's place. */
  once?: boolean;
  /** The name under which what is typed, but for passwords, outlives the end of the session (`useDraft`). */
  draft?: string;
  /** A failure as errors of the form, where the request has other fields than the form. */
  toErrors?: (error: unknown, values: V) => FormErrors;
};

/** For `enhanceGetInputProps`: password managers and browsers find fields by their names. */
export const named = ({ field }: { field: string }) => ({ name: field });

/**
 * Sends a form as one mutation, one at a time. Repeated sending of the same values after a lost answer carries the same
 * Idempotency-Key. What the server refuses is shown at the fields that it names, the rest as `problem`; the focus goes
 * to the first bad field.
 */
export function useSubmit<V extends Record<string, unknown>, R>(
  form: UseFormReturnType<V>,
  send: (values: V, key: string) => Promise<R>,
  { onSuccess, onError, onSettled, next, once = false, draft, toErrors = errorsByName }: Options<V, R> = {},
) {
  const element = useRef<HTMLFormElement>(null);
  // `isPending` comes with the next render, a second click may come before it.
  const sending = useRef(false);
  const [intent] = useState(() => new Intent());
  useDraft(form, draft ?? null);
  const mutation = useMutation({
    mutationFn: (values: V) => intent.run(values, (key) => send(values, key)),
    onSuccess: (answer, values) => onSuccess?.(answer, values),
    onError: (error, values) => {
      const errors = toErrors(error, values);
      form.setErrors(errors);
      focusFirst(element.current, errors);
      onError?.(error, values);
    },
    onSettled: (_, error) => {
      sending.current = once && error === null;
      onSettled?.();
    },
  });
  const submit = (values: V) => {
    if (sending.current) return;
    sending.current = true;
    mutation.mutate(values, { onSuccess: (answer) => next?.(answer) });
  };
  return {
    onSubmit: (event: SubmitEvent<HTMLFormElement>) => {
      event.preventDefault();
      const shown = event.currentTarget;
      element.current = shown;
      adoptFilled(form, shown);
      form.onSubmit(submit, (errors) => focusFirst(shown, errors))(event);
    },
    busy: mutation.isPending || (once && mutation.isSuccess),
    problem: (form.errors[WHOLE_FORM] as string | undefined) ?? null,
  };
}

/** Empties the fields of a form that has been sent; what was typed in the meantime stays. */
export function resetSent<V extends Record<string, unknown>>(form: UseFormReturnType<V>, sent: V): void {
  const values = form.getValues();
  for (const field of Object.keys(sent)) if (values[field] === sent[field]) form.resetField(field as never);
}

/** A browser may fill in fields without any event: what they show is what is sent. */
function adoptFilled<V extends Record<string, unknown>>(
  form: UseFormReturnType<V>,
  element: HTMLFormElement,
): void {
  const values = form.getValues();
  for (const input of element.querySelectorAll<HTMLInputElement>("input[name]")) {
    const { name, value, type } = input;
    if (type === "radio" || type === "checkbox" || type === "hidden" || typeof values[name] !== "string")
      continue;
    if (values[name] !== value) form.setFieldValue(name, value as never);
  }
}

/** The server's complaints at the fields that they name, and what belongs to no field. */
function errorsByName(error: unknown, values: Record<string, unknown>): FormErrors {
  const { fields, rest } = fieldErrors(error, Object.keys(values));
  return rest === null ? fields : { ...fields, [WHOLE_FORM]: rest };
}

/** In the order of the page, which need not be that of the errors. */
function focusFirst(element: HTMLFormElement | null, errors: FormErrors): void {
  for (const input of element?.querySelectorAll<HTMLElement>("[data-path]") ?? [])
    if ((input.dataset["path"] ?? "") in errors) return input.focus();
}
