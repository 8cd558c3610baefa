import { expect, logIn, test } from "./browser";
import { PASSWORD, Person } from "./stack";

test("what the server refuses at registration appears at the field that it names", async ({ page }) => {
  const taken = await Person.register("seeker", "Tina");
  await page.goto("/register");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("Enter your first name")).toBeVisible();
  await expect(page.getByLabel("First name")).toBeFocused();
  await page.getByLabel("First name").fill("Tina");
  await page.getByLabel("Last name").fill("Again");
  await page.getByLabel("E-mail").fill(taken.email.toUpperCase());
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password again").fill(`${PASSWORD}!`);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("The passwords don’t match")).toBeVisible();
  await page.getByLabel("Password again").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("There is already an account with this e-mail address")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toBeFocused();
  await expect(page.getByLabel("E-mail")).toHaveAttribute("aria-invalid", "true");
});

test("a wrong password is said, a protected page comes back after logging in, and logging out ends it", async ({
  page,
}) => {
  const seeker = await Person.register("seeker", "Paula");
  await page.goto("/history?from=somewhere");
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByLabel("E-mail").fill(seeker.email);
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("main").getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("incorrect");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/history\?from=somewhere$/);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Payments", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Log out", exact: true }).click();
  await expect(page.getByRole("link", { name: "Log in" })).toBeVisible();
  await expect(page).toHaveURL(/\/$/);
  await page.goto("/history");
  await expect(page).toHaveURL(/\/login/);
});

test("no script can read a token: memory and an HttpOnly cookie only", async ({ page, context }) => {
  await logIn(page, await Person.register("seeker", "Safe"));
  const seen = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  expect(seen).not.toMatch(/ey[A-Za-z0-9_-]{10,}\./);
  const cookies = await context.cookies();
  const refresh = cookies.find((cookie) => cookie.name.startsWith("refresh_token"));
  expect(refresh).toMatchObject({ httpOnly: true, secure: true, sameSite: "Strict" });
  expect(seen).not.toContain(refresh?.value);
});

test("an expired access token is renewed without anybody noticing", async ({ page }) => {
  await logIn(page, await Person.register("seeker", "Rene"));
  // The page that one has come to after logging in is left: what it still asks for is not meant here.
  await page.goto("about:blank");
  let refused = false;
  let renewed = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/users/refresh")) renewed += 1;
  });
  await page.route("**/bookings/me*", async (route) => {
    if (refused) return route.fallback();
    refused = true;
    await route.fulfill({
      status: 401,
      contentType: "application/problem+json",
      body: JSON.stringify({ code: "unauthenticated", status: 401, detail: "expired" }),
    });
  });
  await page.goto("/dashboard");
  await expect(page.getByText("No bookings yet")).toBeVisible();
  expect(refused).toBe(true);
  // Once for the reload, once for the expired token.
  expect(renewed).toBe(2);
});

test("a session that was revoked elsewhere ends cleanly, and goes on where it was", async ({ page }) => {
  const seeker = await Person.register("seeker", "Ruth");
  await logIn(page, seeker);
  const changed = `${PASSWORD} changed`;
  await seeker.call("POST", "/users/me/password", { current_password: PASSWORD, new_password: changed });
  await page.goto("/settings/payment");
  await expect(page).toHaveURL(/\/login\?next=.*ended=1/);
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await page.getByLabel("E-mail").fill(seeker.email);
  await page.getByLabel("Password", { exact: true }).fill(changed);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/settings\/payment$/);
});

test("two tabs agree on who is signed in, and never use a refresh token twice", async ({ page, context }) => {
  const seeker = await Person.register("seeker", "Twin");
  await logIn(page, seeker);
  const second = await context.newPage();
  await second.goto("/account");
  await expect(second.getByRole("heading", { name: "Account" })).toBeVisible();
  // Both at once, several times: one reuse would revoke the session.
  for (let times = 0; times < 3; times++) await Promise.all([page.reload(), second.reload()]);
  await page.goto("/account");
  await expect(page.getByRole("heading", { name: "Account" })).toBeVisible();
  await expect(second.getByRole("heading", { name: "Account" })).toBeVisible();

  await second.getByRole("button", { name: "Log out", exact: true }).click();
  await expect(page).toHaveURL(/\/login/);
  await logIn(second, seeker);
  await expect(page).toHaveURL(/\/account/);
  await expect(page.getByText("Twin Example").first()).toBeVisible();
});

test("a page that is left in the middle of its renewal costs nobody the session", async ({ page }) => {
  const seeker = await Person.register("seeker", "Hasty");
  await logIn(page, seeker);
  for (let times = 0; times < 3; times++) {
    const renewal = page.waitForRequest("**/users/refresh");
    await page.goto(times % 2 ? "/account" : "/history", { waitUntil: "commit" });
    await renewal;
  }
  await page.goto("/account");
  await expect(page.getByRole("heading", { name: "Account" })).toBeVisible();
});

test("the account: name, time zone, password", async ({ page }) => {
  const seeker = await Person.register("seeker", "Nora");
  await logIn(page, seeker);
  await page.goto("/account");
  await page.getByLabel("First name").fill("Nora-Lea");
  await page.getByRole("combobox", { name: "Time zone" }).fill("Kolk");
  await page.getByRole("option", { name: /Kolkata/ }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect(page.getByRole("banner")).toContainText("Nora-Lea");
  await page.getByLabel("Current password", { exact: true }).fill("wrong password");
  await page.getByLabel("New password", { exact: true }).fill("an entirely new one");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed")).toBeHidden();
  await page.getByLabel("Current password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Time zone" })).toHaveValue("Kolkata (Asia)");
});

test("a language that somebody chooses while signed in is theirs on every device", async ({ open }) => {
  const person = await Person.register("seeker", "Lena");
  const first = await open(person, { at: "/account" });
  await first.getByRole("main").getByLabel("Language").selectOption("de");
  await expect(first.getByRole("heading", { name: "Konto", exact: true })).toBeVisible();
  const language = async () => (await person.call<{ language: string | null }>("GET", "/users/me")).language;
  await expect.poll(language).toBe("de");
  const second = await open(person, { at: "/account" });
  await expect(second.getByRole("heading", { name: "Konto", exact: true })).toBeVisible();
  await expect(second.locator("html[lang^=de]")).toBeAttached();
});
