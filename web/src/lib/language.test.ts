// @vitest-environment jsdom
/** Whose choice of a language counts where. */
import i18next from "i18next";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seeker, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { type User, useSession } from "./api/session";
import { lastLanguage, useLocale } from "./i18n/locale";
import { adoptLanguage, chooseLanguage, saveLanguage } from "./language";

const shown = () => useLocale.getState().language;
const german: User = { ...seeker, language: "de" };

/** An API that changes the language of whoever is signed in. */
const accounts = () =>
  server({ "PATCH /users/me": ({ body }) => ({ ...useSession.getState().user, ...(body as object) }) }).asked;

beforeEach(() => localStorage.clear());
afterEach(async () => {
  useLocale.setState({ language: "en", locale: "en-GB" });
  await i18next.changeLanguage("en");
});

describe("on a new device", () => {
  it("the account's language is shown, now and at the next load", async () => {
    await adoptLanguage(signedIn(german));
    expect(shown()).toBe("de");
    expect(i18next.language).toBe("de");
    expect(lastLanguage()).toBe("de");
  });

  it("it is followed when it changes elsewhere, because nothing was chosen here", async () => {
    await adoptLanguage(signedIn(german));
    await adoptLanguage(signedIn({ ...german, language: "ar" }));
    expect(shown()).toBe("ar");
    expect(document.documentElement.dir).toBe("rtl");
  });

  it("an account that has chosen none, or one of a later version, changes nothing", async () => {
    const asked = accounts();
    await adoptLanguage(signedIn(seeker));
    await adoptLanguage(signedIn({ ...seeker, language: "tlh" as "de" }));
    expect(shown()).toBe("en");
    expect(asked).toEqual([]);
  });
});

describe("a choice that was made in this browser", () => {
  it("by the account counts more than the account's language", async () => {
    accounts();
    signedIn(seeker);
    await chooseLanguage("ar");
    await adoptLanguage({ ...seeker, language: "de" });
    expect(shown()).toBe("ar");
  });

  it("by the visitor counts too, and is given to an account without a language", async () => {
    const asked = accounts();
    await chooseLanguage("de");
    await adoptLanguage(signedIn({ ...seeker, language: "ar" }));
    expect(shown()).toBe("de");
    expect(asked).toEqual([]);
    await adoptLanguage(signedIn(seeker));
    expect(asked.map((one) => one.body)).toEqual([{ language: "de" }]);
    expect(useSession.getState().user?.language).toBe("de");
  });

  it("by another account does not count", async () => {
    accounts();
    signedIn(seeker);
    await chooseLanguage("ar");
    await adoptLanguage(signedIn({ ...german, id: "somebody-else" }));
    expect(shown()).toBe("de");
  });
});

describe("the account", () => {
  it("is changed when it has another language", async () => {
    const asked = accounts();
    await saveLanguage("de");
    signedIn(german);
    await saveLanguage("de");
    expect(asked).toEqual([]);
    await saveLanguage("ar");
    expect(asked.map((one) => one.body)).toEqual([{ language: "ar" }]);
    expect(useSession.getState().user).toMatchObject({ id: seeker.id, language: "ar" });
  });

  it("stays as it is when the server refuses", async () => {
    server({ "PATCH /users/me": problem(503, "unavailable") });
    signedIn(german);
    await expect(saveLanguage("ar")).rejects.toThrow();
    expect(useSession.getState().user?.language).toBe("de");
  });
});
