import { useConfig } from "@/lib/config";
import { t } from "@/lib/i18n/i18n";

/** How many seconds of a session are free; null until the settings are known, and nothing is promised then. */
export function useFreePeriod(): number | null {
  return useConfig()?.free_period_seconds ?? null;
}

/** "10 minutes"; seconds where it isn't whole minutes. */
export function formatDuration(seconds: number): string {
  return seconds % 60 === 0
    ? t("{count, plural, one {# minute} other {# minutes}}", { count: seconds / 60 })
    : t("{count, plural, one {# second} other {# seconds}}", { count: seconds });
}

export type Meter = {
  /** Milliseconds since the actual start. */
  running: number;
  /** Milliseconds of the free period that are left; 0 when it is over. */
  freeLeft: number;
  /** Whether ending now costs something. The server counts whole seconds and charges what lasted longer than is free. */
  charged: boolean;
  /** From 1 down to 0. */
  share: number;
};

/** How far a session has got. Both sides compute it from the server's start and the server's clock. */
export function meter(start: string, freeSeconds: number, now: number): Meter {
  return meterAfter(Math.max(0, now - Date.parse(start)), freeSeconds);
}

/** The same, `running` milliseconds after its start. */
export function meterAfter(running: number, freeSeconds: number): Meter {
  const free = freeSeconds * 1000;
  const freeLeft = Math.max(0, free - running);
  const charged = Math.floor(running / 1000) > freeSeconds;
  return { running, freeLeft, charged, share: free > 0 ? freeLeft / free : 0 };
}
