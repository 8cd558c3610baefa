import { screen } from "@testing-library/react";
import i18next from "i18next";
import { afterEach, expect, it } from "vitest";
import { useLocale } from "@/lib/i18n/locale";
import { adoptLanguage } from "@/lib/i18n/i18n";
import { consultant, seeker, signedIn } from "@/test/people";
import { CONFIG, server } from "@/test/server";
import { show } from "@/test/screen";
import { LanguageSelect } from "./language-select";

afterEach(async () => {
  localStorage.clear();
  useLocale.setState({ language: "en", locale: "en-GB" });
  await i18next.changeLanguage("en");
});

it("offers the marketplace's languages by their own names, and keeps the choice", async () => {
  server({ "GET /config": { ...CONFIG, locales: ["en", "de", "ar", "xx"] } });
  const { user } = show(<LanguageSelect />);
  await screen.findByRole("option", { name: "العربية" });
  expect(screen.getAllByRole("option").map((one) => one.textContent)).toEqual([
    "English",
    "Deutsch",
    "العربية",
  ]);
  await user.selectOptions(screen.getByRole("combobox"), "ar");
  await expect.poll(() => document.documentElement.dir).toBe("rtl");
  expect(document.documentElement.lang).toMatch(/^ar/);
  expect(localStorage.getItem("cc.language")).toBe("ar");
  expect(useLocale.getState().language).toBe("ar");
});

it("keeps the choice for the account: somebody else in this browser does not change it", async () => {
  server({ "GET /config": { ...CONFIG, locales: ["en", "de", "ar"] } });
  signedIn(seeker);
  const { user, unmount } = show(<LanguageSelect />);
  await screen.findByRole("option", { name: "Deutsch" });
  await user.selectOptions(screen.getByRole("combobox"), "de");
  await expect.poll(() => useLocale.getState().language).toBe("de");
  unmount();

  signedIn(consultant);
  await adoptLanguage(consultant.id);
  expect(useLocale.getState().language).toBe("de");
  show(<LanguageSelect />);
  await screen.findByRole("option", { name: "English" });
  await user.selectOptions(screen.getByRole("combobox"), "en");
  await expect.poll(() => useLocale.getState().language).toBe("en");

  signedIn(seeker);
  await adoptLanguage(seeker.id);
  expect(useLocale.getState().language).toBe("de");
  await adoptLanguage(consultant.id);
  expect(useLocale.getState().language).toBe("en");
});
