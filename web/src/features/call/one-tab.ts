/** A call is held in one tab of a browser at a time. */

import { hasWebLocks } from "@/lib/exclusive";

export type Claim = {
  /** Resolves when another tab has taken the call over. */
  lost: Promise<void>;
  release: () => void;
};

/** Claims the call for this tab; null where another tab has it, unless it is to be taken over from there. */
export async function claimCall(bookingId: string, takeOver: boolean): Promise<Claim | null> {
  if (!hasWebLocks()) return { lost: new Promise(() => undefined), release: () => undefined };
  return new Promise((resolve) => {
    const options = takeOver ? { steal: true } : { ifAvailable: true };
    let release: () => void = () => undefined;
    const held = new Promise<void>((done) => (release = done));
    const request = navigator.locks.request(`cc.call.${bookingId}`, options, (lock) => {
      if (!lock) {
        resolve(null);
        return;
      }
      resolve({ lost, release });
      return held;
    });
    // Rejected when it is stolen. After a release nobody waits for it any more.
    const lost = new Promise<void>((tell) => void request.catch(() => tell()));
  });
}
