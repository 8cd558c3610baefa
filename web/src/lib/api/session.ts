/**
 * Who is signed in. The access token lives in memory only; the refresh token is an HttpOnly cookie that no script sees.
 * The tabs of a browser share a session: what changes in one is announced to the others over a BroadcastChannel.
 */
import { create } from "zustand";
import { onPageRestored } from "../page-lifecycle";
import { HINT, LEAVING, recall, remember } from "./session-storage";
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

export const useSession = create<State>(() => ({ ...SIGNED_OUT, status: hinted() ? "unknown" : "out" }));

/** What the tabs tell each other. */
type News =
  /** `renewed`: the session goes on with another token or a changed account. It opens none where there is none any more. */
  | { kind: "in"; session: Session; expiresAt: number; hint: string | null; renewed: boolean }
  /** `token`: the one whose session is over. A tab that has another was signed in again meanwhile. */
  | { kind: "out"; ended: boolean; token: string | null };
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("cc.session");
channel?.addEventListener("message", ({ data }: MessageEvent<News>) => {
  const { status, token, user } = useSession.getState();
  if (data.kind === "in") {
    if (data.renewed && status !== "unknown" && user?.id !== data.session.user.id) return;
    hint = data.hint;
    apply(data.session, data.expiresAt);
  } else if (!data.ended || data.token === token) {
    hint = null;
    clear(data.ended);
  }
});

/** The hint of the session that this page shows. */
let hint = recall(HINT);

// A page that its reader comes back to may show a session that has ended since, or another's: no message has reached it.
onPageRestored(() => {
  if (recall(HINT) !== hint) location.reload();
});

/** Takes over a session that somebody has just opened, in all tabs. */
export function signIn(session: Session): void {
  remember(LEAVING, null);
  takeOver(session, false);
}

/** Goes on with a new token, in all tabs. Nothing happens where nobody is signed in any more. */
export function renewSession(session: Session): void {
  if (useSession.getState().status !== "out") takeOver(session, true);
}

function takeOver(session: Session, renewed: boolean): void {
  hint = crypto.randomUUID();
  remember(HINT, hint);
  apply(session, Date.now() + session.expires_in * 1000);
  announce(renewed);
}

function announce(renewed: boolean): void {
  const { user, token, expiresAt } = useSession.getState();
  if (user === null || token === null) return;
  const session = { user, access_token: token, expires_in: Math.floor((expiresAt - Date.now()) / 1000) };
  channel?.postMessage({ kind: "in", session, expiresAt, hint, renewed } satisfies News);
}

/** Forgets the session in all tabs. `ended`: it was the server that ended it, not the user. */
export function signOut(ended = false): void {
  const { token } = useSession.getState();
  hint = null;
  remember(HINT, null);
  clear(ended);
  channel?.postMessage({ kind: "out", ended, token } satisfies News);
}

/** Takes over what the account of who is signed in has become, in all tabs. Nothing happens where they no longer are. */
export function setUser(user: User): void {
  const { status, user: current } = useSession.getState();
  if (status !== "in" || current?.id !== user.id) return;
  useSession.setState({ user });
  announce(true);
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
