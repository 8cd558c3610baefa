/** Two people in a call: how they get there, and what their browsers report about it. */
import { type Browser, type Page, expect } from "@playwright/test";
import { type Person, pair } from "./stack";

type Open = (person: Person, options?: { at?: string; by?: Browser }) => Promise<Page>;
/** What is done to a page before it is loaded. */
type Before = (page: Page) => Promise<unknown>;

export const IN_TIME = { timeout: 60_000 };

/** A session that can begin now, confirmed. */
export async function confirmed(): Promise<{ seeker: Person; consultant: Person; id: string }> {
  const { seeker, consultant } = await pair();
  const id = await seeker.request(consultant, await consultant.offer(10));
  await consultant.accept(id);
  return { seeker, consultant, id };
}

/** The test can look into the page's connections from its next load on. */
export async function prepare(page: Page): Promise<Page> {
  await page.addInitScript(() => {
    const made: RTCPeerConnection[] = [];
    Object.assign(window, { connections: made });
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        made.push(this);
      }
    };
  });
  return page;
}

/** Makes the page use nothing but the relay, as CALL_RELAY_ONLY=1 makes all of them. */
export async function relayOnly(page: Page): Promise<void> {
  await page.route("**/bookings/*/call", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ice_transport_policy: "relay" } });
  });
}

export async function join(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Set up camera and microphone" }).click();
  await expect(page.getByLabel("Your camera", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Join the call" }).click();
  await expect(page.getByRole("button", { name: "Leave the call" })).toBeVisible();
}

/** Both in the call, in browsers of their own; `mine` is the seeker's. `by` is another browser than the usual one. */
export async function inCall(open: Open, { by, before }: { by?: Browser; before?: Before } = {}) {
  const opened = await session(open, { by, before });
  await Promise.all([opened.mine, opened.theirs].map(join));
  await expectMediaBothWays(opened.mine, opened.theirs);
  return opened;
}

/** The session's page in two browsers, before the call. */
export async function session(open: Open, { by, before }: { by?: Browser; before?: Before } = {}) {
  const { seeker, consultant, id } = await confirmed();
  const at = `/session/${id}`;
  const [mine, theirs] = await Promise.all(
    [seeker, consultant].map(async (person) => {
      const page = await prepare(await open(person, { at: "about:blank", ...(by ? { by } : {}) }));
      await before?.(page);
      await page.goto(at);
      return page;
    }),
  );
  if (!mine || !theirs) throw new Error("two pages were to be opened");
  return { mine, theirs, at };
}

type Received = { frames: number; packets: number; relayed: boolean };

/** What has arrived over the page's latest connection. */
export function received(page: Page): Promise<Received> {
  return page.evaluate(async () => {
    const all = (window as unknown as { connections: RTCPeerConnection[] }).connections;
    const found = { frames: 0, packets: 0, relayed: false };
    const report = (await all.at(-1)?.getStats()) ?? new Map<string, Record<string, unknown>>();
    report.forEach((one: Record<string, unknown>) => {
      if (one["type"] === "inbound-rtp" && one["kind"] === "video")
        found.frames += Number(one["framesDecoded"]);
      if (one["type"] === "inbound-rtp" && one["kind"] === "audio")
        found.packets += Number(one["packetsReceived"]);
      if (one["type"] !== "transport") return;
      const pair = report.get(String(one["selectedCandidatePairId"])) as Record<string, unknown> | undefined;
      const local = report.get(String(pair?.["localCandidateId"])) as Record<string, unknown> | undefined;
      found.relayed = local?.["candidateType"] === "relay";
    });
    return found;
  });
}

/** Pictures and sound reach this page, now and not only before. */
export async function expectMedia(page: Page): Promise<void> {
  const before = await received(page).catch(() => ({ frames: 0, packets: 0 }));
  await expect(async () => {
    const now = await received(page);
    expect(now.frames).toBeGreaterThan(before.frames);
    expect(now.packets).toBeGreaterThan(before.packets);
  }).toPass(IN_TIME);
}

export async function expectMediaBothWays(one: Page, other: Page): Promise<void> {
  await Promise.all([expectMedia(one), expectMedia(other)]);
}

/** Both show the same time of the session, but for the second that passes between the two looks. */
export async function expectSameTime(one: Page, other: Page): Promise<void> {
  const seconds = async (page: Page) => {
    const shown = (await page.getByRole("timer").locator("span").innerText()).split(":");
    return Number(shown[0]) * 60 + Number(shown[1]);
  };
  await expect(async () => {
    const [here, there] = await Promise.all([seconds(one), seconds(other)]);
    expect(Math.abs(here - there)).toBeLessThanOrEqual(1);
  }).toPass();
}

/** The device whose picture or sound the page sends, by the browser's id; null where it sends none. */
export function sent(page: Page, kind: "audio" | "video"): Promise<string | null> {
  return page.evaluate((wanted) => {
    const all = (window as unknown as { connections: RTCPeerConnection[] }).connections;
    const senders = all.at(-1)?.getSenders() ?? [];
    const track = senders.map((one) => one.track).find((one) => one?.kind === wanted);
    return track?.getSettings().deviceId ?? null;
  }, kind);
}
