/** One browser with many tabs: they share the six connections that it opens to a server, and one event stream. */
import type { BrowserContext, Page, Request } from "@playwright/test";
import { expect, test } from "./browser";
import { Person, until } from "./stack";

/** More than connections to a host, and more than the streams that the server lets one user have. */
const TABS = 11;
/** Sooner than a page asks by itself while the stream is open. */
const SOON = { timeout: 15_000 };

let seeker: Person;
let consultant: Person;
let minutesAhead = 60 * 30;
test.beforeAll(async () => {
  seeker = await Person.register("seeker", "Tabea");
  consultant = await Person.register("consultant", "Tabor");
  await consultant.publish();
});

/** The pages that have the stream open, by now. */
function streamsOf(context: BrowserContext): () => Page[] {
  const open = new Map<Request, Page>();
  const over = (request: Request) => void open.delete(request);
  context.on("request", (request) => {
    if (new URL(request.url()).pathname === "/events") open.set(request, request.frame().page());
  });
  context.on("requestfailed", over);
  context.on("requestfinished", over);
  return () => [...open.values()].filter((page) => !page.isClosed());
}

const request = async () =>
  seeker.request(consultant, await consultant.offer((minutesAhead += 90)), "In many tabs");
const status = (page: Page, is: string) =>
  expect(page.getByRole("main").getByText(is, { exact: true }).first()).toBeVisible(SOON);

test("eleven tabs all work, and hear through one stream what happens", async ({ open }) => {
  const id = await request();
  const first = await open(seeker, { at: "/account" });
  const streams = streamsOf(first.context());
  await first.goto(`/booking/${id}`);
  const tabs = [first];
  while (tabs.length < TABS) {
    const tab = await first.context().newPage();
    await tab.goto(`/booking/${id}`);
    tabs.push(tab);
  }
  for (const tab of tabs) await status(tab, "Requested");
  await until("the stream is open", () => Promise.resolve(streams().length > 0));
  await consultant.call("POST", `/bookings/${id}/decline`, {});
  await Promise.all(tabs.map((tab) => status(tab, "Declined")));
  expect(streams()).toHaveLength(1);
});

test("another tab goes on when the one with the stream is closed, or frozen", async ({ open }) => {
  const ids = [await request(), await request()];
  const first = await open(seeker, { at: "/account" });
  const context = first.context();
  const streams = streamsOf(context);
  await first.goto(`/booking/${ids[0]}`);
  await until("the stream is open", () => Promise.resolve(streams()[0] === first));
  const [second, third] = [await context.newPage(), await context.newPage()];
  await second.goto(`/booking/${ids[0]}`);
  await third.goto(`/booking/${ids[1]}`);
  await status(third, "Requested");

  await first.close();
  await consultant.call("POST", `/bookings/${ids[0]}/decline`, {});
  await status(second, "Declined");
  await until("another has the stream", () => Promise.resolve(streams().length === 1));

  const frozen = streams()[0] as Page;
  const other = frozen === second ? third : second;
  // A page in the background is told of it; one that is looked at can only be told, not frozen.
  const dispatch = (event: string) =>
    frozen.evaluate((name) => void document.dispatchEvent(new Event(name)), event);
  await dispatch("freeze");
  await other.goto(`/booking/${ids[1]}`);
  await status(other, "Requested");
  await until("the other has the stream", () => Promise.resolve(streams().includes(other)));
  await consultant.call("POST", `/bookings/${ids[1]}/decline`, {});
  await status(other, "Declined");
  await dispatch("resume");
  await frozen.goto(`/booking/${ids[1]}`);
  await status(frozen, "Declined");
  expect(streams()).toHaveLength(1);
});
