/** Calls between two browsers with made-up cameras and microphones. */
import { SOON, expect, test } from "./browser";
import {
  IN_TIME,
  confirmed,
  expectMedia,
  expectMediaBothWays,
  expectSameTime,
  inCall,
  join,
  prepare,
  received,
  relayOnly,
  session,
} from "./call";
import { processId } from "./stack";

test("two people see and hear each other, and what the other has switched off", async ({ open }) => {
  const { mine, theirs } = await inCall(open);
  await theirs.getByRole("button", { name: "Mute microphone" }).click();
  await expect(mine.getByText("Cora is muted")).toBeVisible();
  await theirs.getByRole("button", { name: "Turn camera off" }).click();
  await expect(mine.getByText("Cora’s camera is off")).toBeVisible();
  await theirs.getByRole("button", { name: "Turn camera on" }).click();
  await expect(mine.getByLabel("Cora’s camera")).toBeVisible();
  await expectMedia(mine);
  await expect(mine.getByText("Good connection")).toBeVisible(IN_TIME);

  await test.step("a reload of one side", async () => {
    await theirs.reload();
    await join(theirs);
    await expectMediaBothWays(mine, theirs);
  });

  await test.step("hanging up, and coming back", async () => {
    await theirs.getByRole("button", { name: "Leave the call" }).click();
    await expect(mine.getByText(/Cora has left the call/)).toBeVisible();
    await join(theirs);
    await expectMediaBothWays(mine, theirs);
  });
});

test("a second tab of the same person is asked which one", async ({ open }) => {
  const { mine, theirs, at } = await inCall(open);
  const second = await prepare(await theirs.context().newPage());
  await second.goto(at);
  await second.getByRole("button", { name: "Set up camera and microphone" }).click();
  await second.getByRole("button", { name: "Join the call" }).click();
  await expect(second.getByText("You’re in this call in another tab")).toBeVisible();
  await expectMediaBothWays(mine, theirs);
  await second.getByRole("button", { name: "Move the call here" }).click();
  await expect(theirs.getByText("This call is open somewhere else")).toBeVisible();
  await expectMediaBothWays(mine, second);
});

test("who may not use camera and microphone is told the way out, and can take part without them", async ({
  open,
  playwright,
  launchOptions,
}) => {
  const { seeker, consultant, id } = await confirmed();
  const args = [...(launchOptions.args ?? []), "--use-fake-ui-for-media-stream=deny"];
  const refusing = await playwright.chromium.launch({ ...launchOptions, args });
  const mine = await prepare(await open(seeker, { at: "about:blank", by: refusing }));
  const theirs = await open(consultant, { at: `/session/${id}` });
  await mine.goto(`/session/${id}`);
  await mine.getByRole("button", { name: "Set up camera and microphone" }).click();
  await expect(mine.getByText("The browser isn’t allowed to use your camera.")).toBeVisible();
  await expect(mine.getByText("The browser isn’t allowed to use your microphone.")).toBeVisible();
  await mine.getByRole("button", { name: "Join the call" }).click();
  await join(theirs);
  await expectMedia(mine);
  await expect(theirs.getByText("Sam’s camera is off")).toBeVisible();
  await expect(theirs.getByText("Sam is muted")).toBeVisible();
  await refusing.close();
});

test("both press Start at once, one of them with a wrong clock: one session, one countdown", async ({
  open,
}) => {
  let changed = false;
  const { mine, theirs } = await session(open, {
    before: async (page) => {
      if (changed) return;
      changed = true;
      await page.addInitScript(() => {
        const early = 3 * 3_600_000;
        const Real = Date;
        window.Date = class extends Real {
          constructor(...given: []) {
            if (given.length === 0) super(Real.now() + early);
            else super(...given);
          }
          static override now() {
            return Real.now() + early;
          }
        } as DateConstructor;
      });
    },
  });
  const pages = [mine, theirs];
  // Neither request is answered before the other was made: whoever sees the session start loses the button.
  let pressed = 0;
  let release: () => void = () => undefined;
  const both = new Promise<void>((done) => (release = done));
  for (const page of pages)
    await page.route("**/bookings/*/start", async (route) => {
      pressed += 1;
      if (pressed === pages.length) release();
      await both;
      await route.fallback();
    });
  await Promise.all(pages.map((page) => page.getByRole("button", { name: "Start session" }).click()));
  for (const page of pages) await expect(page.getByRole("button", { name: "End session" })).toBeVisible(SOON);
  await expectSameTime(mine, theirs);
  for (const page of pages) await expect(page.getByText(/changed in the meantime/)).toHaveCount(0);
});

test("a call goes on while notifications is killed, and signals find their way again", async ({ open }) => {
  const notifications = processId("notifications");
  const { mine, theirs } = await inCall(open);
  process.kill(notifications, "SIGKILL");
  await expectMediaBothWays(mine, theirs);
  await theirs.reload();
  await join(theirs);
  await expectMediaBothWays(mine, theirs);
});

test("a call leads through the relay alone, and survives 20 seconds without a network", async ({ open }) => {
  const coturn = processId("coturn");
  const { mine, theirs } = await inCall(open, { before: relayOnly });
  for (const page of [mine, theirs]) expect((await received(page)).relayed).toBe(true);

  const pages = [mine, theirs];
  // Signals find no way from this browser, and nothing comes through the relay any more.
  await mine.context().setOffline(true);
  process.kill(coturn, "SIGSTOP");
  try {
    await expect(mine.getByText(/The connection was lost/)).toBeVisible(IN_TIME);
    await mine.waitForTimeout(20_000);
  } finally {
    process.kill(coturn, "SIGCONT");
    await mine.context().setOffline(false);
  }
  await expectMediaBothWays(mine, theirs);
  for (const page of pages) await expect(page.getByText(/The connection was lost/)).toHaveCount(0);
});
