/** The end of a session, here and at the server, which is told as soon as it can be reached. */
import { ApiProblem, NoAnswer } from "./problem";
import { exclusively, requestRenewal } from "./renewal";
import { type Session, signOut, useSession } from "./session";
import { HINT, LEAVING, recall, remember } from "./session-storage";

/**
 * Ends the session here at once, and at the server: `POST /users/logout` needs an access token, and a page that was loaded
 * since has none, so it asks for one first. Without an answer the wish is kept in storage; `resumeLogOut` brings it to
 * the server later, also after a reload. Throws NoAnswer or ApiProblem when the server has not confirmed it yet.
 */
export async function logOut(): Promise<void> {
  const { token } = useSession.getState();
  remember(LEAVING, "1");
  signOut();
  await exclusively(() => endAtServer(token));
}

/** Carries out a log-out that the server has not confirmed. Resolves when nothing is left to do. */
export async function resumeLogOut(): Promise<void> {
  if (recall(LEAVING) === null) return;
  await exclusively(() => endAtServer(null));
}

async function endAtServer(token: string | null): Promise<void> {
  // Signed in again meanwhile: the cookie is another session's.
  if (recall(LEAVING) === null) return;
  let current = token;
  if (current === null) {
    const renewed = await requestRenewal();
    if (renewed.ok) current = ((await renewed.json()) as Session).access_token;
    else if (renewed.status >= 500 || renewed.status === 429)
      throw new ApiProblem(renewed.status, null, renewed.headers);
  }
  if (current !== null) {
    const response = await fetch("/users/logout", {
      method: "POST",
      headers: { Accept: "application/json", Authorization: `Bearer ${current}` },
      credentials: "same-origin",
      keepalive: true,
    }).catch(() => {
      throw new NoAnswer("No answer to the log-out.");
    });
    // An access token that has lapsed: the cookie may still be good for another.
    if (response.status === 401 && token !== null) return endAtServer(null);
    if (!response.ok && response.status !== 401)
      throw new ApiProblem(response.status, null, response.headers);
  }
  // Signed in again meanwhile: this is about the session before.
  if (recall(LEAVING) === null) return;
  // A tab that renewed the session before it heard of the log-out has left a hint.
  remember(HINT, null);
  remember(LEAVING, null);
}
