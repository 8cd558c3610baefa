import { useEffect, useState } from "react";
import { onClockChange, serverNow } from "./clock";

/** The server's time, again every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const tell = () => setNow(serverNow());
    const timer = setInterval(tell, everyMs);
    const stop = onClockChange(tell);
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [everyMs]);
  return now;
}
