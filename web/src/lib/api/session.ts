/**
 * Who is signed in. The access token lives in memory only; the refresh token is an HttpOnly cookie that no script sees.
 * The tabs of a browser share a session: what changes in one is announced to the others over a BroadcastChannel.
 */
import { create } from "zustand";
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
