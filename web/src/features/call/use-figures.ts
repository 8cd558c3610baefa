import { useEffect, useState } from "react";
import type { Call } from "./call";
import { type Figures, type Sample, measure, sample } from "./quality";

const EVERY_MS = 3000;

/** How good the connection is, measured every three seconds while it stands. */
export function useFigures(call: Call, connected: boolean): Figures | null {
  const [figures, setFigures] = useState<Figures | null>(null);
  useEffect(() => {
    if (!connected) return;
    let last: Sample | null = null;
    const timer = setInterval(() => {
      void call.getStats()?.then((report) => {
        const now = sample(report as unknown as ReadonlyMap<string, unknown>);
        setFigures(measure(last, now));
        last = now;
      });
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [call, connected]);
  return connected ? figures : null;
}
