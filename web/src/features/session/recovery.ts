/** What links in mails are for: a verified address, a new password, a new address. */
import { useLocation, useNavigate } from "react-router";
import { api, body, idempotent } from "@/lib/api/client";
import { renew } from "@/lib/api/renewal";
import { setUser, useSession } from "@/lib/api/session";

/** Confirms the address that the link was sent to. */
export async function verifyEmail(token: string): Promise<void> {
  await body(api.POST("/users/verify-email", { body: { token } }));
  // The page that shows this may belong to the account whose address it is. The address is confirmed whether or not this
  // is answered: the next renewal of the session brings the account too.
  if (useSession.getState().status === "in") await body(api.GET("/users/me")).then(setUser, () => undefined);
}

/** Sends the mail with the link again. */
export const sendVerification = (key: string) =>
  body(api.POST("/users/me/verification-email", { params: idempotent(key) }));

export const requestReset = (email: string) => body(api.POST("/users/password-reset", { body: { email } }));

/** Sets a new password, which ends all sessions of that account. */
export async function resetPassword(token: string, new_password: string): Promise<void> {
  await body(api.POST("/users/password-reset/confirm", { body: { token, new_password } }));
  // The session of this browser is one of them if it belongs to that account: only the server knows.
  const session = useSession.getState();
  if (session.status !== "out") await renew(session.token).catch(() => undefined);
}

export const changeEmail = (new_email: string, current_password: string, key: string) =>
  body(api.POST("/users/me/email", { params: idempotent(key), body: { new_email, current_password } }));

/**
 * The link that the page was opened by, and `finish` for when it has done its work: a link works once. What is left in the
 * history then says that it is done, so that going back there or reloading does not offer to do it again. `finish` goes to
 * the link's page: who has left it must not be taken back there.
 */
export function useLinkOnce(): { token: string; done: boolean; finish: () => void } {
  const { hash, pathname, state } = useLocation();
  const navigate = useNavigate();
  return {
    token: linkToken(hash),
    done: (state as { done?: true } | null)?.done === true,
    finish: () => void navigate(pathname, { replace: true, state: { done: true } }),
  };
}

/** The token of a link, which stands behind the # so that no server log ever holds it. */
function linkToken(hash: string): string {
  return new URLSearchParams(hash.slice(1)).get("token") ?? "";
}
