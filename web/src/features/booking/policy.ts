/** What cancelling costs in words, as it applies to one booking at one moment. */
import type { Config } from "@/lib/config";
import { t } from "@/lib/i18n/i18n";
import { formatBasisPoints } from "@/lib/i18n/numbers";
import { DAY, HOUR } from "@/lib/time";
import { formatDuration } from "./free-period";

type CancellationSettings = Pick<Config, "cancel_free_seconds" | "late_cancel_bps">;

/** What cancelling costs a seeker who books this time now; never promises a moment that has passed. */
export function cancellationPolicy(start: string, settings: CancellationSettings, now: number): string {
  if (settings.late_cancel_bps === 0) return t("You can cancel for free until the session starts.");
  const args = {
    share: formatBasisPoints(settings.late_cancel_bps),
    lead: formatLead(settings.cancel_free_seconds),
  };
  if (now < Date.parse(start) - settings.cancel_free_seconds * 1000)
    return t(
      "You can cancel for free until {lead} before the start. After that, {share} of the price is charged.",
      args,
    );
  return t(
    "You can cancel for free until the request is accepted. After that, {share} of the price is charged, because the session starts in less than {lead}.",
    args,
  );
}

/** How long before a session: "24 hours", "2 days", "90 minutes". */
export function formatLead(seconds: number): string {
  const ms = seconds * 1000;
  if (ms >= 2 * DAY && ms % DAY === 0)
    return t("{count, plural, one {# day} other {# days}}", { count: ms / DAY });
  if (ms >= HOUR && ms % HOUR === 0)
    return t("{count, plural, one {# hour} other {# hours}}", { count: ms / HOUR });
  return formatDuration(seconds);
}
