/** What is seen and heard in a call, and where: another camera, a screen, a window of its own, another site. */
import { SOON, expect, test } from "./browser";
import { IN_TIME, confirmed, expectMedia, expectMediaBothWays, inCall, sent } from "./call";

test("another camera and another microphone are used in a running call, and one that is unplugged is replaced", async ({
  open,
  playwright,
  launchOptions,
}) => {
  // Of Chromium's made-up cameras the second is one for depth, whose picture cannot be sent.
  const args = [...(launchOptions.args ?? []), "--use-fake-device-for-media-stream=device-count=3"];
  const equipped = await playwright.chromium.launch({ ...launchOptions, args });
  const { mine, theirs } = await inCall(open, { by: equipped });
  await mine.getByRole("button", { name: "Devices" }).click();
  const devices = mine.getByRole("dialog", { name: "Devices" });
  for (const [label, kind] of [
    ["Camera", "video"],
    ["Microphone", "audio"],
  ] as const) {
    const choice = devices.getByRole("combobox", { name: label });
    const before = await sent(mine, kind);
    const ids = await choice
      .getByRole("option")
      .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    const other = ids.at(-1);
    if (!other || other === before) throw new Error(`there is one ${label} only`);
    await expect(choice).toHaveValue(before ?? "");
    await choice.selectOption(other);
    await expect.poll(() => sent(mine, kind)).toBe(other);
    await expect(choice).toHaveValue(other);
    await expectMedia(theirs);
  }
  await mine.keyboard.press("Escape");

  // Pulling out a plug ends the track: a page cannot do that to a made-up camera otherwise.
  await mine.evaluate(() => {
    const all = (window as unknown as { connections: RTCPeerConnection[] }).connections;
    const track = all
      .at(-1)
      ?.getSenders()
      .find((one) => one.track?.kind === "video")?.track;
    track?.stop();
    track?.dispatchEvent(new Event("ended"));
  });
  await expectMediaBothWays(mine, theirs);
  await equipped.close();
});

test("a shared screen takes the camera's place, and gives it back", async ({ open }) => {
  const { mine, theirs } = await inCall(open);
  const camera = await sent(theirs, "video");
  await theirs.getByRole("button", { name: "Share the screen" }).click();
  await expect(mine.getByLabel("Cora’s screen")).toBeVisible(IN_TIME);
  await expect(theirs.getByLabel("Your screen")).toBeVisible();
  expect(await sent(theirs, "video")).not.toBe(camera);
  await expectMedia(mine);
  await theirs.getByRole("button", { name: "Stop sharing the screen" }).click();
  await expect(mine.getByLabel("Cora’s camera")).toBeVisible();
  await expectMediaBothWays(mine, theirs);
});

test("the other's picture goes into a window of its own, and back", async ({ open }) => {
  const { mine } = await inCall(open);
  const inWindow = () =>
    mine.evaluate(() => document.pictureInPictureElement?.getAttribute("aria-label") ?? null);
  await mine.getByRole("button", { name: "Picture in picture" }).click();
  await expect.poll(inWindow).toBe("Cora’s camera");
  await expectMedia(mine);
  await mine.getByRole("button", { name: "Picture in picture" }).click();
  await expect.poll(inWindow).toBeNull();
});

test("on a phone held sideways the whole picture is seen with its controls, and every device can be chosen", async ({
  open,
}) => {
  const { mine } = await inCall(open);
  await mine.setViewportSize({ width: 740, height: 360 });
  const leave = mine.getByRole("button", { name: "Leave the call" });
  const stage = mine
    .locator("div", { has: leave })
    .filter({ has: mine.getByLabel("Cora’s camera") })
    .last();
  await expect
    .poll(async () => {
      const [header, picture] = await Promise.all([
        mine.getByRole("banner").boundingBox(),
        stage.boundingBox(),
      ]);
      return (header?.height ?? 0) + (picture?.height ?? 0);
    })
    .toBeLessThanOrEqual(360);
  await mine.setViewportSize({ width: 740, height: 280 });
  await mine.getByRole("button", { name: "Devices" }).click();
  const camera = mine.getByRole("dialog", { name: "Devices" }).getByRole("combobox", { name: "Camera" });
  await expect.poll(async () => (await camera.boundingBox())?.y).toBeGreaterThan(0);
});

test("where the operator has set another place for meetings, the page leads there, and presence still counts", async ({
  open,
}) => {
  const { seeker, consultant, id } = await confirmed();
  const meeting = "https://meet.example/3f9c2b7a1d";
  const [mine, theirs] = [
    await open(seeker, { at: "about:blank" }),
    await open(consultant, { at: "about:blank" }),
  ];
  // As every booking is answered with MEETING_URL_TEMPLATE=https://meet.example/{room}.
  for (const page of [mine, theirs]) {
    await page.route(`**/bookings/${id}`, async (route) => {
      const response = await route.fetch();
      if (route.request().isNavigationRequest()) return route.fulfill({ response });
      await route.fulfill({ response, json: { ...(await response.json()), session_url: meeting } });
    });
    await page.goto(`/session/${id}`);
  }
  const link = mine.getByRole("link", { name: "Open meet.example" });
  await expect(link).toHaveAttribute("href", meeting);
  await expect(link).toHaveAttribute("target", "_blank");
  await expect(mine.getByRole("button", { name: "Set up camera and microphone" })).toHaveCount(0);
  await mine.getByRole("button", { name: "Start session" }).click();
  await expect(theirs.getByRole("button", { name: "End session" })).toBeVisible(SOON);
  await expect
    .poll(async () => {
      const counted = await seeker.call<{ joint_seconds: number }>("GET", `/bookings/${id}/presence`);
      return counted.joint_seconds;
    }, SOON)
    .toBeGreaterThan(1);
});
