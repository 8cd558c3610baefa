import i18next from "i18next";
import { afterEach, describe, expect, it } from "vitest";
import { t } from "./i18n";
import { formatMessage } from "./icu";
import { negotiate } from "./languages";

const EXPERTS = "{count, plural, one {# expert} other {# experts}}";

describe("the reader's language and locale", () => {
  it("are the browser's first language that the app speaks, with its region", () => {
    expect(negotiate(["en-US", "en"], null)).toEqual({ language: "en", locale: "en-US" });
    expect(negotiate(["de-AT", "en"], null)).toEqual({ language: "de", locale: "de-AT" });
    expect(negotiate(["fr-FR", "ar-EG"], null).language).toBe("ar");
  });

  it("keep the browser's region for a language that was chosen", () => {
    expect(negotiate(["de-DE", "en-US"], "en")).toEqual({ language: "en", locale: "en-DE" });
    expect(negotiate(["en-US"], "de")).toEqual({ language: "de", locale: "de-US" });
  });

  it("do not take the conventions of the United States for a region that has none in English", () => {
    expect(negotiate(["cs-CZ"], null)).toEqual({ language: "en", locale: "en-CZ" });
    expect(negotiate(["ja"], null)).toEqual({ language: "en", locale: "en-150" });
    expect(negotiate([], null)).toEqual({ language: "en", locale: "en" });
  });

  it("ignore what is no language tag", () => {
    expect(negotiate(["*", "de"], null)).toEqual({ language: "de", locale: "de" });
  });
});

describe("a text", () => {
  afterEach(async () => {
    await i18next.changeLanguage("en");
  });

  it("is its own key, whatever separators it contains", () => {
    expect(t("Settings: e-mail. Always?")).toBe("Settings: e-mail. Always?");
  });

  it("has arguments and plurals, with numbers as the reader writes them", () => {
    expect(t(EXPERTS, { count: 1 })).toBe("1 expert");
    expect(t(EXPERTS, { count: 1200 })).toBe("1,200 experts");
    expect(t("Hello {name}", { name: "{x}" })).toBe("Hello {x}");
    expect(t("{role, select, seeker {You} other {They}} paid", { role: "seeker" })).toBe("You paid");
  });

  it("is shown in the chosen language, and in English where a translation is missing", async () => {
    i18next.addResourceBundle("de", "translation", {
      [EXPERTS]: "{count, plural, one {# Fachperson} other {# Fachleute}}",
    });
    await i18next.changeLanguage("de");
    expect(t(EXPERTS, { count: 2 })).toBe("2 Fachleute");
    expect(t("Not translated, {name}", { name: "Sam" })).toBe("Not translated, Sam");
    i18next.removeResourceBundle("de", "translation");
  });

  it("has the plural forms of the language, not of English", () => {
    const forms = "{count, plural, zero {0} one {1} two {2} few {few} many {many} other {other}}";
    const chosen = [0, 1, 2, 3, 11, 100].map((count) => formatMessage(forms, { count }, "ar"));
    expect(chosen).toEqual(["0", "1", "2", "few", "many", "other"]);
  });
});
