import { useEffect, useState, useSyncExternalStore } from "react";
import { LocalMedia, type MediaState } from "./media";

/** This page's devices, let go when it is left. */
export function useLocalMedia(): { media: LocalMedia; state: MediaState } {
  const [media] = useState(() => new LocalMedia());
  const [subscribe] = useState(() => (listener: () => void) => media.subscribe(listener));
  const state = useSyncExternalStore(subscribe, () => media.state);
  useEffect(() => () => media.close(), [media]);
  return { media, state };
}
