/**
 * Who is signed in. The access token lives in memory only; the refresh token is an HttpOnly cookie that no script sees.
 *
 * A rotated refresh token that is used again revokes its whole family, so two tabs must never refresh at once: they queue
 * on a Web Lock, and the one that got a new token tells the others over a BroadcastChannel.
 */
import { create } from "zustand";
import { ApiProblem, NoAnswer } from "./problem";
import type { User } from "./types";

export type { User };
export type Session = { user: User; access_token: string; expires_in: number };

type State = {
  /** `unknown` until the first refresh after a page load has been answered. */
  status: "unknown" | "in" | "out";
  user: User | null;
  token: string | null;
  /** Milliseconds since 1970, by this machine's clock. */
  expiresAt: number;
  /** Why nobody is signed in, when somebody was until now. */
  ended: boolean;
};

const SIGNED_OUT: State = { status: "out", user: null, token: null, expiresAt: 0, ended: false };
const HINT = "cc.signed-in";
/** Set from "Log out" until the server has confirmed it. */
const LEAVING = "cc.logging-out";
/** Cookies know no ports: two stacks on one host must not read each other's. */
const RENEWING = `cc_renewing_${typeof location === "undefined" ? "" : location.port}`;
/** Renewed when less than this is left, so that a request never travels with a token that lapses on the way. */
const EARLY_MS = 30_000;
/** How long the answer to a renewal that nobody waits for any more may take. */
const INTERRUPTED_MS = 3000;

export const useSession = create<State>(() => ({ ...SIGNED_OUT, status: hinted() ? "unknown" : "out" }));

/** `token`: the one whose session is over. A tab that has another was signed in again meanwhile. */
type News =
  { kind: "in"; session: Session; expiresAt: number } | { kind: "out"; ended: boolean; token: string | null };
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("cc.session");
channel?.addEventListener("message", ({ data }: MessageEvent<News>) => {
  if (data.kind === "in") apply(data.session, data.expiresAt);
  else if (!data.ended || data.token === useSession.getState().token) clear(data.ended);
});

/** Takes over a session that the server has just opened, in all tabs. */
export function signIn(session: Session): void {
  const expiresAt = Date.now() + session.expires_in * 1000;
  remember(HINT, crypto.randomUUID());
  remember(LEAVING, null);
  apply(session, expiresAt);
  channel?.postMessage({ kind: "in", session, expiresAt } satisfies News);
}

/** Forgets the session in all tabs. `ended`: it was the server that ended it, not the user. */
export function signOut(ended = false): void {
  const { token } = useSession.getState();
  remember(HINT, null);
  clear(ended);
  channel?.postMessage({ kind: "out", ended, token } satisfies News);
}

export function setUser(user: User): void {
  useSession.setState({ user });
}

/** A token that is good for at least half a minute, or null when nobody is signed in. */
export async function freshToken(): Promise<string | null> {
  const { status, token, expiresAt } = useSession.getState();
  if (status === "out") return null;
  if (token && expiresAt - Date.now() > EARLY_MS) return token;
  return renew(token);
}

let renewing: Promise<string | null> | null = null;

/**
 * A new access token, unless somebody already has one newer than `stale`. Null: the session is over.
 * Throws NoAnswer when the server cannot be asked; the session is then left as it is.
 */
export function renew(stale: string | null): Promise<string | null> {
  renewing ??= exclusively(async (queued) => {
    if (queued) await newsOf(stale);
    return renewOnce(stale);
  }).finally(() => (renewing = null));
  return renewing;
}

async function renewOnce(stale: string | null): Promise<string | null> {
  const now = useSession.getState();
  if (now.status === "out") return null;
  if (now.token && now.token !== stale && now.expiresAt - Date.now() > EARLY_MS) return now.token;
  await interruptedRenewal();
  const hint = recall(HINT);
  const response = await requestRenewal();
  if (response.ok) {
    const session = (await response.json()) as Session;
    signIn(session);
    return session.access_token;
  }
  if (response.status === 401 || response.status === 403 || response.status === 400) {
    const since = useSession.getState();
    // Somebody signed in here or in another tab while this was asked: the refusal is about the cookie before.
    if (since.status === "in" && since.token !== now.token) return since.token;
    if (recall(HINT) !== null && recall(HINT) !== hint) return renewOnce(stale);
    signOut(true);
    return null;
  }
  throw new ApiProblem(response.status, await response.json().catch(() => null), response.headers);
}

async function requestRenewal(): Promise<Response> {
  mark(Date.now());
  // keepalive: a reload in this moment must not lose the answer's cookie, since the old one is spent.
  const response = await fetch("/users/refresh", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: "{}",
    credentials: "same-origin",
    keepalive: true,
  }).catch(() => {
    // The mark stays: also a page that is being left comes here, and its answer is still on the way.
    throw new NoAnswer("No answer to the renewal of the session.");
  });
  mark(null);
  return response;
}

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
  remember(LEAVING, null);
}

/**
 * Notes that a renewal is under way, for the page that comes when this one is left in the middle of it. It is a cookie because
 * the browser shows that one to the next page at once: what is written to localStorage may reach another process too late.
 */
function mark(since: number | null): void {
  const age = since === null ? 0 : Math.ceil(INTERRUPTED_MS / 1000);
  document.cookie = `${RENEWING}=${since ?? ""}; Path=/; Max-Age=${age}; SameSite=Strict`;
}

/**
 * When a page was left in the middle of a renewal, gives the browser time to store that answer's cookie: asking with the
 * old one would end the session. No script can see that cookie, so this is a wait, paid by who reloads twice in a moment.
 */
async function interruptedRenewal(): Promise<void> {
  const since = new RegExp(`(?:^|; )${RENEWING}=(\\d+)`).exec(document.cookie)?.[1];
  const age = Date.now() - Number(since ?? 0);
  if (age >= 0 && age < INTERRUPTED_MS) await new Promise((done) => setTimeout(done, INTERRUPTED_MS - age));
}

/** One tab at a time. `queued`: another was at it until now. */
async function exclusively<T>(work: (queued: boolean) => Promise<T>): Promise<T> {
  if (!("locks" in navigator)) return work(false);
  const taken = Symbol();
  const done = await navigator.locks.request("cc.renew", { ifAvailable: true }, (lock) =>
    lock ? work(false) : taken,
  );
  return done === taken ? await navigator.locks.request("cc.renew", () => work(true)) : (done as T);
}

/**
 * Resolves as soon as the tab that held the lock has told what became of it. When it was closed in the middle it tells
 * nothing, and what it wrote down may not have reached this tab yet: then its answer gets the same time as above.
 */
function newsOf(stale: string | null): Promise<void> {
  const announced = () => {
    const { status, token } = useSession.getState();
    return status === "out" || (token !== null && token !== stale);
  };
  return new Promise((resolve) => {
    if (announced()) return resolve();
    const finish = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(finish, INTERRUPTED_MS);
    const stop = useSession.subscribe(() => announced() && finish());
  });
}

function apply(session: Session, expiresAt: number): void {
  useSession.setState({
    status: "in",
    user: session.user,
    token: session.access_token,
    expiresAt,
    ended: false,
  });
}

function clear(ended: boolean): void {
  useSession.setState({ ...SIGNED_OUT, ended });
}

/** Whether it is worth asking for a session at load; saves every visitor without an account a refused request. */
function hinted(): boolean {
  return recall(HINT) !== null && recall(LEAVING) === null;
}

function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage is switched off: the session then lasts until the reload.
  }
}
