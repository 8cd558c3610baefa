import { t } from "@/lib/i18n/i18n";
import { MINUTE, length } from "@/lib/time";
import type { Explanation, Rules } from "./rules-api";

type Code = Explanation["reasons"][number]["code"];
/** A reason in words, and where it can be changed. */
export type ReasonText = { text: string; to?: string; link?: string };

const HOURS = "/availability/hours";

/** Why no session can be booked, in plain words; `day` is written out. A code that is new is said in the API's words. */
export function reasonText(code: Code, detail: string, rules: Rules | null, day: string): ReasonText {
  const hours = { to: HOURS, link: t("Change weekly hours") };
  switch (code) {
    case "past":
      return { text: t("This time has passed.") };
    case "outside_hours":
      return rules
        ? { text: t("It is outside your weekly hours."), ...hours }
        : {
            text: t("You have no weekly hours, and no time is open then."),
            to: HOURS,
            link: t("Set weekly hours"),
          };
    case "closed_by_exception":
      return {
        text: t("{day} is a day off, or has hours of its own.", { day }),
        to: HOURS,
        link: t("Change days off"),
      };
    case "clock_gap":
      return { text: t("The clocks go forward that night and skip this time.") };
    case "minimum_notice":
      return {
        text: rules
          ? t("It is too soon: sessions must be booked at least {notice} in advance.", {
              notice: length(rules.minimum_notice_minutes * MINUTE),
            })
          : t("It is too soon."),
        ...hours,
      };
    case "beyond_horizon":
      return {
        text: rules
          ? t("It is too far ahead: times open {count, plural, one {# day} other {# days}} in advance.", {
              count: rules.horizon_days,
            })
          : t("It is too far ahead."),
        ...hours,
      };
    case "booked":
      return { text: t("You have a session at that time."), to: "/dashboard", link: t("See your bookings") };
    case "buffer":
      return {
        text: rules
          ? t("It is too close to another session: you keep a break of {break}.", {
              break: length(rules.buffer_minutes * MINUTE),
            })
          : t("It is too close to another session."),
        ...hours,
      };
    case "busy_calendar":
      return { text: t("You’re busy at that time in one of your other calendars.") };
    case "daily_limit":
      return {
        text: rules?.daily_limit
          ? t("{day} is full: you take at most {count, plural, one {# session} other {# sessions}} a day.", {
              day,
              count: rules.daily_limit,
            })
          : t("The day is full."),
        ...hours,
      };
    case "not_a_slot_start":
      return { text: t("No session starts exactly then: pick the start of an open time.") };
    default:
      return { text: detail };
  }
}
