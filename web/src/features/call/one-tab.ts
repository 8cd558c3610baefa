/** A call is held in one tab of a browser at a time. */

import { withLock } from "@/lib/exclusive";

export type Claim = {
  /** Resolves when another tab has taken the call over. */
  lost: Promise<void>;
  release: () => void;
};

/** Claims the call for this tab; null where another tab has it, unless it is to be taken over from there. */
export async function claimCall(bookingId: string, takeOver: boolean): Promise<Claim | null> {
  return new Promise((resolve) => {
    const options = takeOver ? { steal: true } : { ifAvailable: true };
    const request = withLock(`cc.call.${bookingId}`, options, async (granted) => {
      if (!granted) return resolve(null);
      await new Promise<void>((release) => resolve({ lost, release }));
    });
    // Rejected when it is stolen. After a release nobody waits for it any more.
    const lost = new Promise<void>((resolve) => void request.catch(() => resolve()));
  });
}
