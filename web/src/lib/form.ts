/** What every form shares: its names, the way it is sent, and where complaints are shown. */
import type { UseFormReturnType } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { Intent } from "./api/intent";
import { fieldErrors } from "./api/problem";

type Options<V, R> = { onSuccess?: (answer: R, values: V) => void };

/** For `enhanceGetInputProps`: password managers and browsers find fields by their names. */
export const named = ({ field }: { field: string }) => ({ name: field });

/**
 * Sends a form as one mutation. Repeated sending of the same values after a lost answer carries the same
 * Idempotency-Key. What the server refuses is shown at the fields that it names, the rest as `problem`; the focus goes
 * to the first bad field.
 */
export function useSubmit<V extends Record<string, unknown>, R>(
  form: UseFormReturnType<V>,
  send: (values: V, key: string) => Promise<R>,
  { onSuccess }: Options<V, R> = {},
) {
  const [problem, setProblem] = useState<string | null>(null);
  const [intent] = useState(() => new Intent());
  const mutation = useMutation({
    mutationFn: (values: V) => intent.run(values, (key) => send(values, key)),
    onMutate: () => setProblem(null),
    onError: (error) => setProblem(showErrors(form, error)),
    onSuccess: (answer, values) => onSuccess?.(answer, values),
  });
  const submit = form.onSubmit(
    (values) => {
      if (!mutation.isPending) mutation.mutate(values);
    },
    (errors) => focusFirst(form, errors),
  );
  return {
    onSubmit: (event: SubmitEvent<HTMLFormElement>) => {
      event.preventDefault();
      adoptFilled(form, event.currentTarget);
      submit(event);
    },
    busy: mutation.isPending,
    problem,
  };
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
  focusFirst(form, fields);
  return rest;
}

function focusFirst<V extends Record<string, unknown>>(form: UseFormReturnType<V>, errors: object): void {
  const first = Object.keys(errors)[0];
  if (first) form.getInputNode(first)?.focus();
}
