import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expect, test } from "./browser";
import { cast } from "./screens";
import { until } from "./stack";

const FOLDER =
  process.env["SCREENSHOTS"] ?? fileURLToPath(new URL("../../docs/screenshots", import.meta.url));
/** What the documentation shows; ALL=1 takes every screen in both themes and widths. */
const SHOWN = [
  "directory-light",
  "directory-phone-light",
  "expert-dark",
  "dashboard-seeker-light",
  "dashboard-seeker-phone-dark",
  "dashboard-consultant-dark",
  "booking-trouble-light",
  "availability-light",
  "payouts-dark",
  "hours-light",
];
/** Which mails the documentation shows, by the subject of one to the seeker. */
const MAILS = { confirmed: /^Confirmed/, summary: /^Summary/, "payment-failed": /payment/i };

/** As most installations have it; the stack that is photographed hurries. */
async function tenMinutesFree(page: Page): Promise<void> {
  await page.route("**/config", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), free_period_seconds: 600 } });
  });
}

test("pictures", async ({ open }) => {
  const { seeker, consultant, screens } = await cast();
  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [1280, 360]) {
      const options = { colorScheme, viewport: { width, height: width === 360 ? 740 : 860 } };
      const pages = {
        nobody: await open(undefined, options),
        seeker: await open(seeker, options),
        consultant: await open(consultant, options),
      };
      await Promise.all(Object.values(pages).map(tenMinutesFree));
      for (const { name, who, path, shows } of screens) {
        const file = `${name}-${width === 360 ? "phone-" : ""}${colorScheme}`;
        if (!process.env["ALL"] && !SHOWN.includes(file)) continue;
        const page = pages[who];
        await page.goto(path);
        await expect(page.getByRole("main").getByText(shows).first()).toBeVisible();
        await expect(page.locator(".mantine-Skeleton-root")).toHaveCount(0);
        // Towards the week's end the next one has more to show.
        if (name === "availability" && (await page.getByRole("button", { name: /Available$/ }).count()) < 4)
          await page.getByRole("button", { name: "Next week" }).click();
        await page.screenshot({
          path: `${FOLDER}/${file}.png`,
          fullPage: Boolean(process.env["ALL"]),
        });
      }
    }
});

test("mails", async ({ browser }) => {
  const sandbox = process.env["MAIL_SANDBOX_URL"];
  if (!sandbox) throw new Error("MAIL_SANDBOX_URL is not set: where are the stack's mails?");
  const { seeker } = await cast();
  const page = await browser.newPage({ viewport: { width: 680, height: 860 } });
  for (const [name, subject] of Object.entries(MAILS)) {
    let html = "";
    await until(`a mail about ${name} has come`, async () => {
      const response = await fetch(`${sandbox}/_mail/messages?to=${encodeURIComponent(seeker.email)}`);
      const mails = (await response.json()) as { subject: string; html: string }[];
      html = mails.find((mail) => subject.test(mail.subject))?.html ?? "";
      return html !== "";
    });
    await page.setContent(html);
    await page.screenshot({ path: `${FOLDER}/mail-${name}.png` });
  }
});
