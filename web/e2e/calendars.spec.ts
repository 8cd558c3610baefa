/** Another calendar of a consultant, which hides the times it keeps busy: read from a server that the story runs. */
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SOON, expect, test } from "./browser";
import { pair } from "./stack";

const HOUR = 3_600_000;

/** A calendar's server: what it answers is what the story puts there. */
class Feed {
  body = "";
  status = 200;
  #server: Server | null = null;

  async start(): Promise<string> {
    const server = createServer((_, response) => {
      response.writeHead(this.status, { "Content-Type": "text/calendar" });
      response.end(this.body);
    });
    this.#server = server;
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/private-8f2c/basic.ics`;
  }

  /** One appointment, as Google exports it. */
  shows(start: number, end: number, more = "TRANSP:OPAQUE"): void {
    const stamp = (at: number) => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const lines = [
      ...["BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0"],
      ...["BEGIN:VEVENT", `DTSTART:${stamp(start)}`, `DTEND:${stamp(end)}`, `DTSTAMP:${stamp(start)}`],
      ...["UID:7k1@google.com", "SUMMARY:Dentist", "STATUS:CONFIRMED", more, "END:VEVENT", "END:VCALENDAR"],
    ];
    this.body = lines.join("\r\n") + "\r\n";
  }

  async stop(): Promise<void> {
    await new Promise((done) => this.#server?.close(done));
  }
}

test("what a busy calendar says hides times and gives them back; one that fails keeps what it said", async ({
  open,
}) => {
  const feed = new Feed();
  const address = await feed.start();
  const { seeker, consultant } = await pair("Bela", "Benno");
  // In the middle of a day, wherever the reader is: the page shows one day at a time.
  const first = new Date(Date.now() + 48 * HOUR).setUTCHours(10, 0, 0, 0);
  const slots = [first, first + HOUR].map((start) => ({
    start_time: new Date(start).toISOString(),
    end_time: new Date(start + HOUR).toISOString(),
  }));
  await consultant.call("POST", "/consultants/me/availability", { slots });
  feed.shows(first + HOUR / 4, first + HOUR / 2);
  const page = await open(consultant, { at: "/availability/calendars" });
  const seen = await open(seeker, { at: `/experts/${consultant.id}` });
  const times = seen.getByRole("button", { name: /€120\.00/ });
  const readAgain = async (shows: RegExp) => {
    await page.getByRole("button", { name: "Refresh Private" }).click();
    await expect(page.getByRole("listitem")).toContainText(shows, { timeout: 60_000 });
  };

  await test.step("added, read, and its address not shown again", async () => {
    await expect(times).toHaveCount(2);
    await page.getByLabel("Name", { exact: true }).fill("Private");
    await page.getByLabel("Secret address in iCal format").fill(address);
    await page.getByRole("button", { name: "Add calendar" }).click();
    await expect(page.getByText("Up to date")).toBeVisible(SOON);
    await expect(page.getByRole("listitem")).toContainText("127.0.0.1");
    expect(await page.content()).not.toContain("private-8f2c");
    await seen.reload();
    await expect(times).toHaveCount(1);
  });

  await test.step("one that fails keeps what it said", async () => {
    feed.status = 404;
    await readAgain(/Can’t be read/);
    await expect(page.getByRole("main").getByRole("alert")).toContainText(
      /404.*Times read earlier still apply/,
    );
    await seen.reload();
    await expect(times).toHaveCount(1);
  });

  await test.step("an appointment that leaves one free gives the time back", async () => {
    feed.status = 200;
    feed.shows(first + HOUR / 4, first + HOUR / 2, "TRANSP:TRANSPARENT");
    await readAgain(/Up to date/);
    await seen.reload();
    await expect(times).toHaveCount(2);
  });

  await test.step("removed after asking", async () => {
    await page.getByRole("button", { name: "Remove Private" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
    await expect(page.getByText("No calendars yet.", { exact: false })).toBeVisible();
  });
  await feed.stop();
});
