import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useLocale } from "@/lib/i18n/locale";
import { show } from "@/test/screen";
import { ExceptionsEditor } from "./exceptions-editor";
import { newDraft } from "./rules-draft";

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-27T08:00:00Z") });
});
afterEach(() => useLocale.setState({ language: "en", locale: "en-GB" }));

it.each([
  ["en", "en-US", "November 2026", "Su"],
  ["de", "de-DE", "November 2026", "Mo"],
  ["ar", "ar-EG", "نوفمبر ٢٠٢٦", "س"],
] as const)(
  "in %s (%s) the month for days off is %s, with weeks from %s",
  (language, locale, month, first) => {
    useLocale.setState({ language, locale });
    show(<ExceptionsEditor draft={newDraft("Europe/Prague")} errors={{}} onChange={() => {}} />);
    expect(screen.getAllByText(month)[0]).toBeVisible();
    expect(screen.getAllByRole("columnheader")[0]).toHaveTextContent(first);
  },
);
