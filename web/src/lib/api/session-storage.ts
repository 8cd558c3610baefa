/** What outlives a page load, and is shared by all tabs: whether there is a session to ask for. Never a token. */

/** There while somebody is signed in; another value for each session. */
export const HINT = "cc.signed-in";
/** Set from "Log out" until the server has confirmed it. */
export const LEAVING = "cc.logging-out";

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage is switched off: the session then lasts until the reload.
  }
}
