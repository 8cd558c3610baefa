import { screen } from "@testing-library/react";
import i18next from "i18next";
import { afterEach, expect, it } from "vitest";
import { useSession } from "@/lib/api/session";
import { useLocale } from "@/lib/i18n/locale";
import { adoptLanguage } from "@/lib/language";
import { consultant, seeker, signedIn } from "@/test/people";
import { CONFIG, problem, server } from "@/test/server";
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

it("is written into the account of whoever is signed in", async () => {
  const { to } = server({
    "GET /config": { ...CONFIG, locales: ["en", "de"] },
    "PATCH /users/me": { ...seeker, language: "de" },
  });
  signedIn(seeker);
  const { user } = show(<LanguageSelect />);
  await screen.findByRole("option", { name: "Deutsch" });
  await user.selectOptions(screen.getByRole("combobox"), "de");
  await expect.poll(() => useSession.getState().user?.language).toBe("de");
  expect(to("PATCH", "/users/me").map((one) => one.body)).toEqual([{ language: "de" }]);
});

it("is shown also when the account cannot be changed, and says so in the new language", async () => {
  server({
    "GET /config": { ...CONFIG, locales: ["en", "de"] },
    "PATCH /users/me": problem(503, "unavailable"),
  });
  signedIn(seeker);
  const { user } = show(<LanguageSelect />);
  await screen.findByRole("option", { name: "Deutsch" });
  await user.selectOptions(screen.getByRole("combobox"), "de");
  expect(await screen.findByText(/E-Mails erhalten Sie vorerst weiter/)).toBeInTheDocument();
  expect(useLocale.getState().language).toBe("de");
});

it("keeps the choice for the account: somebody else in this browser does not change it", async () => {
  server({ "GET /config": { ...CONFIG, locales: ["en", "de", "ar"] }, "PATCH /users/me": seeker });
  signedIn(seeker);
  const { user, unmount } = show(<LanguageSelect />);
  await screen.findByRole("option", { name: "Deutsch" });
  await user.selectOptions(screen.getByRole("combobox"), "de");
  await expect.poll(() => useLocale.getState().language).toBe("de");
  unmount();

  signedIn(consultant);
  await adoptLanguage(consultant);
  expect(useLocale.getState().language).toBe("de");
  show(<LanguageSelect />);
  await screen.findByRole("option", { name: "English" });
  await user.selectOptions(screen.getByRole("combobox"), "en");
  await expect.poll(() => useLocale.getState().language).toBe("en");

  signedIn(seeker);
  await adoptLanguage(seeker);
  expect(useLocale.getState().language).toBe("de");
  await adoptLanguage(consultant);
  expect(useLocale.getState().language).toBe("en");
});
