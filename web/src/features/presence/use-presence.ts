import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Booking } from "@/features/booking/api";
import { isRefusal } from "@/lib/api/problem";
import { serverNow } from "@/lib/clock";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { onSignalOf, sendSignal } from "@/lib/signals";
import { type Presence, fetchPresence, reportPresence } from "./api";
import { EVERY_MS, startHeartbeats } from "./heartbeats";
import { type JointTime, jointTime } from "./joint-clock";

/** What one page tells the other, so that a change of presence shows before its next heartbeat. */
const CHANGED = { type: "presence" };

/** Who is there; null until it is known. `counts`: this page says that its user is there, as long as it is open. */
export function usePresence(booking: Booking, counts: boolean): Presence | null {
  const client = useQueryClient();
  const { id } = booking;
  const presence = useQuery({
    queryKey: keys.bookings.presence(id),
    queryFn: () => fetchPresence(id),
    // Each heartbeat is answered with the presence; another tab of this browser may be the one that sends them.
    refetchInterval: counts ? EVERY_MS * 1.5 : false,
  });
  useEffect(() => {
    if (!counts) return;
    const queryKey = keys.bookings.presence(id);
    const stopListening = onSignalOf(id, (data) => {
      if (isChange(data)) void client.invalidateQueries({ queryKey });
    });
    const stopBeating = startHeartbeats({
      name: `cc.presence.${id}`,
      send: (state) => reportPresence(id, state),
      onAnswer: (answer) => client.setQueryData(queryKey, answer),
      onChange: (state) => void sendSignal(id, CHANGED, state === "gone").catch(() => undefined),
      onError: (error) => {
        // Refused: the booking is not what this page shows.
        if (isRefusal(error)) void client.invalidateQueries({ queryKey: keys.bookings.one(id) });
      },
    });
    return () => {
      stopListening();
      stopBeating();
    };
  }, [id, counts, client]);
  return presence.data ?? null;
}

function isChange(data: unknown): boolean {
  return typeof data === "object" && data !== null && "type" in data && data.type === CHANGED.type;
}

/** The shared time as of the latest answer; null until it is known. */
export function useJointTime(presence: Presence | null): JointTime | null {
  const [known, setKnown] = useState<{ presence: Presence | null; joint: JointTime | null }>({
    presence: null,
    joint: null,
  });
  if (known.presence === presence) return known.joint;
  const joint = presence && jointTime(known.joint, presence, serverNow());
  setKnown({ presence, joint });
  return joint;
}
