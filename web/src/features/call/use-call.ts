import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Booking } from "@/features/booking/api";
import type { Side } from "@/features/booking/labels";
import { onStreamOpen } from "@/lib/live";
import { onSignalOf, sendSignal } from "@/lib/signals";
import { fetchConfiguration } from "./api";
import { Call, type CallState } from "./call";
import type { MediaState } from "./media";
import { type Claim, claimCall } from "./one-tab";

export type Participation = {
  /** Null outside of the call. */
  call: Call | null;
  state: CallState | null;
  joining: boolean;
  /** Another tab of this browser has the call: whether it shall be moved here. */
  elsewhere: boolean;
  error: unknown;
  /** Rejects never: what went wrong is in `error`. */
  join: (takeOver?: boolean) => Promise<void>;
  leave: () => void;
};

type Entered = { call: Call; claim: Claim };

/** Taking part in the call of a booking. */
export function useCall(booking: Booking, side: Side, media: MediaState): Participation {
  const { id } = booking;
  const [entered, setEntered] = useState<Entered | null>(null);
  const [joining, setJoining] = useState(false);
  const [elsewhere, setElsewhere] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const call = entered?.call ?? null;
  const state = useCallState(call);
  useTracks(call, media);
  const current = useRef<Entered | null>(null);

  const leave = useCallback(() => {
    current.current?.call.leave();
    current.current?.claim.release();
    current.current = null;
    setEntered(null);
  }, []);

  const join = async (takeOver = false) => {
    setJoining(true);
    setError(null);
    leave();
    try {
      const claim = await claimCall(id, takeOver);
      setElsewhere(claim === null);
      if (!claim) return;
      const next = { claim, call: createCall(id, side) };
      current.current = next;
      void claim.lost.then(() => {
        if (current.current === next) next.call.moveAway();
      });
      await next.call.join();
      setEntered(next);
    } catch (problem) {
      leave();
      setError(problem);
    } finally {
      setJoining(false);
    }
  };

  // The page is left: the other side shall not have to find out by itself.
  useEffect(() => {
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [leave]);
  useSignals(id, call);
  return { call, state, joining, elsewhere, error, join, leave };
}

function createCall(bookingId: string, side: Side): Call {
  return new Call({
    polite: side === "seeker",
    send: (signal) =>
      sendSignal(
        bookingId,
        signal,
        signal.messages.some(({ type }) => type === "bye"),
      ),
    configure: () => fetchConfiguration(bookingId),
  });
}

const nothing = () => () => undefined;

function useCallState(call: Call | null): CallState | null {
  const subscribe = useCallback((listener: () => void) => call?.subscribe(listener) ?? nothing(), [call]);
  return useSyncExternalStore(subscribe, () => call?.state ?? null);
}

/** Passes on what arrives, and what may have been lost is said again once there is a way. */
function useSignals(bookingId: string, call: Call | null): void {
  useEffect(() => {
    if (!call) return;
    const catchUp = () => call.catchUp();
    const stops = [onSignalOf(bookingId, (data) => call.receive(data)), onStreamOpen(catchUp)];
    window.addEventListener("online", catchUp);
    catchUp();
    return () => {
      for (const stop of stops) stop();
      window.removeEventListener("online", catchUp);
    };
  }, [bookingId, call]);
}

/** What is sent follows the devices; a shared screen takes the camera's place. */
function useTracks(call: Call | null, { tracks, on }: MediaState): void {
  const { microphone, camera, screen } = tracks;
  const speaks = microphone !== null && on.microphone;
  useEffect(() => {
    call?.setTracks({ audio: microphone, video: screen ?? camera });
    call?.setSending({ microphone: speaks, camera: camera !== null, screen: screen !== null });
  }, [call, microphone, camera, screen, speaks]);
}
