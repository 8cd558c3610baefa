/** What links in mails are for: a verified address, a new password, a new address. */
import { api, body } from "@/lib/api/client";
import { setUser, useSession } from "@/lib/api/session";

export async function verifyEmail(token: string): Promise<void> {
  await body(api.POST("/users/verify-email", { body: { token } }));
  // The page that shows this may belong to the account whose address it is.
  if (useSession.getState().status === "in") setUser(await body(api.GET("/users/me")));
}

export const sendVerification = () => body(api.POST("/users/me/verification-email"));

export const requestReset = (email: string) => body(api.POST("/users/password-reset", { body: { email } }));

export const resetPassword = (token: string, new_password: string) =>
  body(api.POST("/users/password-reset/confirm", { body: { token, new_password } }));

export const changeEmail = (new_email: string, current_password: string) =>
  body(api.POST("/users/me/email", { body: { new_email, current_password } }));

/** The token of a link, which stands behind the # so that no server log ever holds it. */
export function linkToken(hash: string): string {
  return new URLSearchParams(hash.slice(1)).get("token") ?? "";
}
