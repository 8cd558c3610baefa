/**
 * New access tokens. A rotated refresh token that is used again revokes its whole family, so two tabs must never refresh
 * at once: they queue on a Web Lock, and the one that got a new token announces it to the others.
 */
import { withLock } from "../exclusive";
import { ApiProblem, NoAnswer } from "./problem";
import { type Session, renewSession, signOut, useSession } from "./session";
import { HINT, recall } from "./session-storage";

/** Cookies know no ports: two stacks on one host must not read each other's. */
const RENEWING = `cc_renewing_${typeof location === "undefined" ? "" : location.port}`;
/** Renewed when less than this is left, so that a request never travels with a token that lapses on the way. */
const EARLY_MS = 30_000;
/** How long the answer to a renewal that nobody waits for any more may take. */
const INTERRUPTED_MS = 3000;

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
    renewSession((await response.json()) as Session);
    // Null where somebody logged out while this was asked, here or in another tab.
    return useSession.getState().token;
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

/** Asks the server for a new access token. Throws NoAnswer when it cannot be asked. */
export async function requestRenewal(): Promise<Response> {
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
export async function exclusively<T>(work: (queued: boolean) => Promise<T>): Promise<T> {
  const taken = Symbol();
  const done = await withLock<T | typeof taken>("cc.renew", { ifAvailable: true }, (granted) =>
    granted ? work(false) : Promise.resolve(taken),
  );
  return done === taken ? await withLock("cc.renew", {}, () => work(true)) : (done as T);
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
