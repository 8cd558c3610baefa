/** Where to go after logging in: only within this app, whatever the address says. */
export function safeNext(wanted: string | null, fallback: string): string {
  if (!wanted || !wanted.startsWith("/") || /^\/[/\\]/.test(wanted)) return fallback;
  try {
    const url = new URL(wanted, location.origin);
    return url.origin === location.origin ? url.pathname + url.search + url.hash : fallback;
  } catch {
    return fallback;
  }
}
