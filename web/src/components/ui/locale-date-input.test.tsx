import { screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { useLocale } from "@/lib/i18n/locale";
import { show } from "@/test/screen";
import { LocaleDateInput } from "./locale-date-input";

afterEach(() => useLocale.setState({ language: "en", locale: "en-GB" }));

it.each([
  ["en", "en-US", "Mon, Nov 23, 2026", "Su"],
  ["en", "en-GB", "Mon, 23 Nov 2026", "Mo"],
  ["de", "de-DE", "Mo., 23. Nov. 2026", "Mo"],
  ["ar", "ar-EG", "23 نوفمبر 2026", "س"],
] as const)("in %s (%s) shows %s, with weeks from %s", async (language, locale, shown, first) => {
  useLocale.setState({ language, locale });
  const { user } = show(<LocaleDateInput label="Day" defaultValue="2026-11-23" />);
  const field = screen.getByLabelText<HTMLInputElement>("Day");
  expect(field.value).toContain(shown);
  await user.click(field);
  expect((await screen.findAllByRole("columnheader"))[0]).toHaveTextContent(first);
});
