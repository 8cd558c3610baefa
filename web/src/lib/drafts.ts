/**
 * What was typed when the session ended: whoever logs in again goes on with it. It is kept in this page's memory only, and
 * nobody else who logs in gets it. Passwords are not kept.
 */
import type { UseFormReturnType } from "@mantine/form";
import { useEffect, useEffectEvent } from "react";
import { useSession } from "./api/session";

/** By the names of their forms. */
const drafts = new Map<string, { userId: string; values: object }>();

/**
 * Keeps what is typed into the form when the server ends the session, and puts it back when the form is shown again to the
 * same user. `name` tells a form from others: "message 0197…". Null for a form of which nothing is to be kept.
 */
export function useDraft<V extends Record<string, unknown>>(
  form: UseFormReturnType<V>,
  name: string | null,
): void {
  const putBack = useEffectEvent((draft: string) => {
    const { user } = useSession.getState();
    const kept = drafts.get(draft);
    if (user === null || kept === undefined) return;
    drafts.delete(draft);
    if (kept.userId === user.id) form.setValues(kept.values as Partial<V>);
  });
  const keep = useEffectEvent((draft: string, userId: string) => {
    if (form.isDirty()) drafts.set(draft, { userId, values: withoutPasswords(form.getValues()) });
  });
  useEffect(() => {
    if (name === null) return;
    putBack(name);
    return useSession.subscribe((now, before) => {
      if (now.ended && before.user) keep(name, before.user.id);
    });
  }, [name]);
}

/** Whether something was kept for this user: for a form in a dialog, which is to be opened again then. */
export function hasDraft(name: string): boolean {
  const { user } = useSession.getState();
  return user !== null && drafts.get(name)?.userId === user.id;
}

function withoutPasswords(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([field]) => !field.includes("password")));
}

// Somebody else's is not kept until its owner comes back: who has logged out meanwhile expects nothing to be left.
useSession.subscribe(({ user }) => {
  if (user === null) return;
  for (const [name, { userId }] of drafts) if (userId !== user.id) drafts.delete(name);
});
