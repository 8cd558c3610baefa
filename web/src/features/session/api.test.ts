// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it } from "vitest";
import { readIn, useLocale } from "@/lib/i18n/locale";
import { BROWSER_ZONE } from "@/lib/zone";
import { seeker } from "@/test/people";
import { server } from "@/test/server";
import { register } from "./api";

const FORM = {
  email: seeker.email,
  password: "a few words as a password",
  first_name: seeker.first_name,
  last_name: seeker.last_name,
  role: "seeker",
} as const;

beforeEach(() => localStorage.clear());
afterEach(() => useLocale.setState({ language: "en", locale: "en-GB" }));

/** The language that a registration asks for. */
async function askedFor(): Promise<string | null> {
  const user = { ...seeker, time_zone: BROWSER_ZONE };
  const { to } = server({ "POST /users/register": { user, access_token: "token", expires_in: 900 } });
  await register(FORM, "key");
  return to("POST", "/users/register")[0]?.headers.get("Accept-Language") ?? null;
}

it("registers in the language that was chosen for the form, so that the first mail is in it too", async () => {
  readIn("ar");
  expect(await askedFor()).toBe("ar");
});

it("leaves it to the browser to name its languages where nothing was chosen", async () => {
  expect(await askedFor()).toBeNull();
});
