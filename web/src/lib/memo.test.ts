import { afterEach, expect, it, vi } from "vitest";
import { formatNumber, languageName } from "./i18n/numbers";
import { t } from "./i18n/i18n";
import { useLocale } from "./i18n/locale";
import { money } from "./money";
import { dateTime, length, relative } from "./time";

const FORMATTERS = ["NumberFormat", "DateTimeFormat", "RelativeTimeFormat", "DisplayNames"] as const;

/** How many formatters of each kind have been made since the call. */
function counted(): () => number[] {
  const counts = FORMATTERS.map(() => 0);
  const counting = FORMATTERS.map((name, index) => {
    const construct = (made: never, args: unknown[]): object => {
      counts[index] = (counts[index] ?? 0) + 1;
      return Reflect.construct(made, args) as object;
    };
    return [name, new Proxy(Intl[name], { construct })];
  });
  const others = Object.getOwnPropertyDescriptors(Intl);
  vi.stubGlobal("Intl", Object.assign(Object.defineProperties({}, others), Object.fromEntries(counting)));
  return () => [...counts];
}

afterEach(() => vi.unstubAllGlobals());

it("a list of a hundred rows makes no more formatters than one of its rows", () => {
  useLocale.setState({ language: "en", locale: "en-AU" });
  const made = counted();
  const row = (n: number) => [
    formatNumber(n),
    t("{count, plural, one {# unread message} other {# unread messages}}", { count: n }),
    money(n * 100, "eur"),
    length(n * 60_000),
    dateTime(Date.UTC(2026, 10, 1 + n), "Europe/Prague"),
    relative(Date.now() + n * 3_600_000),
    languageName("de"),
  ];
  row(1);
  row(99);
  const before = made();
  for (let n = 2; n < 100; n++) row(n);
  expect(made()).toEqual(before);
  expect(made().every((count) => count > 0)).toBe(true);
});
