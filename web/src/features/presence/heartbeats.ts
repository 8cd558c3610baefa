/** The heartbeats of one page: "here" every ten seconds while it is open, "gone" when it is left. */
import { startTicker } from "@/lib/ticker";
import type { Presence } from "./api";

export const EVERY_MS = 10_000;

type Options = {
  send: (state: "here" | "gone") => Promise<Presence>;
  /** What the server has answered. */
  onAnswer: (presence: Presence) => void;
  /** The first "here" has arrived, or "gone" is on its way: the other page can be told. */
  onChange: (state: "here" | "gone") => void;
  /** A heartbeat that was refused or got lost; the next one follows all the same. */
  onError: (error: unknown) => void;
};

/** Starts at once. Returns what says "gone" and ends it; that may be called any number of times. */
export function startHeartbeats({ send, onAnswer, onChange, onError }: Options): () => void {
  let announced = false;
  let ended = false;
  const beat = () => {
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
  const stopTicker = startTicker(EVERY_MS, beat);
  // A page that comes back from the browser's page cache, or whose network is back, does not wait for the next tick.
  window.addEventListener("pageshow", beat);
  window.addEventListener("online", beat);
  window.addEventListener("pagehide", leave);
  beat();
  return () => {
    if (ended) return;
    ended = true;
    stopTicker();
    window.removeEventListener("pageshow", beat);
    window.removeEventListener("online", beat);
    window.removeEventListener("pagehide", leave);
    leave();
  };
}
