/**
 * The heartbeats of one page: "here" every ten seconds while it is open, "gone" when it is left. Of the tabs of a browser
 * one is in charge: it beats also in the background, and alone says "gone". The others beat while they can be seen, since
 * browsers stop tabs in the background without a word, the one in charge as well.
 */
import { inOneTab } from "@/lib/exclusive";
import { isHidden, onPageRestored, onPageVisible } from "@/lib/page-lifecycle";
import { startTicker } from "@/lib/ticker";
import type { Presence } from "./api";

export const EVERY_MS = 10_000;

type Options = {
  /** The same in all tabs that beat for the same session. */
  name: string;
  send: (state: "here" | "gone") => Promise<Presence>;
  /** What the server has answered. */
  onAnswer: (presence: Presence) => void;
  /** The first "here" has arrived, or "gone" is on its way: the other page can be told. */
  onChange: (state: "here" | "gone") => void;
  /** A heartbeat that was refused or got lost; the next one follows all the same. */
  onError: (error: unknown) => void;
};

/** Starts at once. Returns what says "gone" and ends it; that may be called any number of times. */
export function startHeartbeats({ name, send, onAnswer, onChange, onError }: Options): () => void {
  let inCharge = false;
  let announced = false;
  let ended = false;
  const beat = () => {
    if (!inCharge && isHidden()) return;
    send("here").then(
      (presence) => {
        if (ended) return;
        onAnswer(presence);
        if (!announced) onChange("here");
        announced = true;
      },
      (error: unknown) => {
        if (!ended) onError(error);
      },
    );
  };
  const leave = () => {
    if (!announced) return;
    announced = false;
    send("gone").catch(() => undefined);
    onChange("gone");
  };
  const tab = inOneTab(name, () => {
    inCharge = true;
    // The one before has said "gone".
    announced = false;
    beat();
    return () => {
      inCharge = false;
      leave();
    };
  });
  const ends = [startTicker(EVERY_MS, beat), onPageVisible(beat), onPageRestored(beat)];
  // A page whose network is back does not wait for the next tick.
  window.addEventListener("online", beat);
  if (!inCharge) beat();
  return () => {
    if (ended) return;
    ended = true;
    for (const end of ends) end();
    window.removeEventListener("online", beat);
    tab.stop();
  };
}
