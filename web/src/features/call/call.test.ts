import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Call, TICK_MS } from "./call";
import { FakeConnection, network } from "@/test/fake-connection";
import type { CallSignal } from "./call-signal";

type Side = "seeker" | "consultant";

type Page = { side: Side; call: Call; connections: FakeConnection[]; asleep: boolean };

/** Pages of two people; a signal reaches every page of the other party, unless `loses` says that it is lost. */
class World {
  readonly pages: Page[] = [];
  loses: (signal: CallSignal) => boolean = () => false;

  open(side: Side): Call {
    const connections: FakeConnection[] = [];
    const call = new Call({
      polite: side === "seeker",
      send: async (signal) => {
        await Promise.resolve();
        if (this.loses(signal)) throw new Error("lost");
        for (const page of this.pages)
          if (page.side !== side && !page.asleep) page.call.receive(JSON.parse(JSON.stringify(signal)));
      },
      configure: () => Promise.resolve({}),
      createConnection: () => {
        const connection = new FakeConnection();
        connections.push(connection);
        return connection.real;
      },
    });
    this.pages.push({ side, call, connections, asleep: false });
    void call.join();
    return call;
  }
}

const pass = (ticks = 0) => vi.advanceTimersByTimeAsync(ticks * TICK_MS + 20);

beforeEach(() => {
  network.up = true;
  FakeConnection.made = [];
  vi.useFakeTimers();
  vi.spyOn(console, "info").mockImplementation(() => undefined);
});
afterEach(() => vi.useRealTimers());

describe("a call", () => {
  it("stands as soon as both take part, whoever comes first", async () => {
    for (const order of [
      ["seeker", "consultant"],
      ["consultant", "seeker"],
    ] as const) {
      const world = new World();
      const first = world.open(order[0]);
      await pass(2);
      expect(first.state.status).toBe("waiting");
      const second = world.open(order[1]);
      await pass();
      expect([first.state.status, second.state.status]).toEqual(["connected", "connected"]);
    }
  });

  it("stands in the end, whichever signals are lost on the way", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 25 }), async (losses) => {
        const world = new World();
        const left = [...losses];
        world.loses = () => left.shift() ?? false;
        const calls = [world.open("seeker"), world.open("consultant")];
        await pass(40);
        expect(calls.map((call) => call.state.status)).toEqual(["connected", "connected"]);
        for (const call of calls) call.leave();
      }),
      { numRuns: 60 },
    );
  });

  it("goes on after a reload of one side", async () => {
    const world = new World();
    const mine = world.open("seeker");
    const theirs = world.open("consultant");
    await pass();
    // The page is gone without a word.
    world.pages.splice(1, 1);
    vi.spyOn(theirs, "receive").mockImplementation(() => undefined);
    const again = world.open("consultant");
    await pass();
    expect([mine.state.status, again.state.status]).toEqual(["connected", "connected"]);
  });

  it("looks for another way when the network is lost, and stands when it is back", async () => {
    const world = new World();
    const calls = [world.open("seeker"), world.open("consultant")];
    await pass();
    network.up = false;
    world.loses = () => true;
    for (const connection of FakeConnection.made) connection.become("disconnected");
    await pass(7);
    expect(calls.map((call) => call.state.status)).toEqual(["reconnecting", "reconnecting"]);
    network.up = true;
    world.loses = () => false;
    await pass(6);
    expect(calls.map((call) => call.state.status)).toEqual(["connected", "connected"]);
  });

  it("tells the other side when one hangs up, and connects again when they come back", async () => {
    const world = new World();
    const mine = world.open("seeker");
    const theirs = world.open("consultant");
    await pass();
    theirs.leave();
    await pass();
    expect(mine.state).toMatchObject({ status: "waiting", otherLeft: true, remoteSending: null });
    world.open("consultant");
    await pass();
    expect(mine.state).toMatchObject({ status: "connected", otherLeft: false });
  });

  it("is with one page of each party: another device takes it over, and the first one is told", async () => {
    const world = new World();
    const mine = world.open("seeker");
    const laptop = world.open("consultant");
    await pass();
    const phone = world.open("consultant");
    await pass(3);
    expect([mine, laptop, phone].map((call) => call.state.status)).toEqual([
      "connected",
      "moved",
      "connected",
    ]);
  });

  it.each([
    ["and asks for the other side", 0],
    ["and repeats what it said last", 4],
    ["and the other side has begun anew", 4, "renewed"],
  ])(
    "stays with the device that joined last when the one before wakes up %s",
    async (_, slept, renewed = "") => {
      const world = new World();
      const mine = world.open("seeker");
      const laptop = world.open("consultant");
      await pass();
      const [, page] = world.pages as [Page, Page];
      page.asleep = true;
      page.connections[0]?.become("disconnected");
      await pass(slept);
      if (renewed) {
        world.pages[0]?.connections[0]?.become("disconnected");
        network.up = false;
        await pass(11);
        network.up = true;
      }
      const phone = world.open("consultant");
      await pass(3);
      expect([mine.state.status, phone.state.status]).toEqual(["connected", "connected"]);
      page.asleep = false;
      laptop.catchUp();
      await pass(8);
      expect([mine, laptop, phone].map((call) => call.state.status)).toEqual([
        "connected",
        "moved",
        "connected",
      ]);
    },
  );

  it("is taken over by a page of an earlier release too, which does not say when it joined", async () => {
    const world = new World();
    const mine = world.open("seeker");
    world.open("consultant");
    await pass();
    const made = FakeConnection.made.length;
    mine.receive({ type: "call", from: "earlier", to: null, messages: [{ type: "hello" }] });
    await pass();
    expect(FakeConnection.made.length).toBe(made + 1);
    expect(world.pages[1]?.call.state.status).toBe("moved");
  });

  it("says nothing more once it has been left", async () => {
    const world = new World();
    const mine = world.open("seeker");
    await pass();
    mine.leave();
    await pass();
    const said = vi.fn(() => false);
    world.loses = said;
    await pass(5);
    expect(said).not.toHaveBeenCalled();
  });

  it.each(["moveAway", "leave"] as const)(
    "says no hello when it is over before it has begun: %s",
    async (end) => {
      const send = vi.fn(() => Promise.resolve());
      let configure = (_: RTCConfiguration) => {};
      const call = new Call({
        polite: true,
        send,
        configure: () => new Promise((done) => (configure = done)),
      });
      const joined = call.join();
      call[end]();
      await pass();
      send.mockClear();
      configure({});
      await joined;
      await pass(3);
      expect(send).not.toHaveBeenCalled();
    },
  );

  it("survives whatever somebody sends", async () => {
    const world = new World();
    const mine = world.open("seeker");
    const theirs = world.open("consultant");
    await pass();
    const junk = fc.oneof(
      fc.jsonValue(),
      fc.record({
        type: fc.constant("call"),
        from: fc.string(),
        to: fc.constant(null),
        messages: fc.jsonValue(),
      }),
      fc.record({
        type: fc.constant("call"),
        from: fc.string(),
        to: fc.constant(null),
        messages: fc.array(
          fc.record({ type: fc.constantFrom("description", "candidate", "x"), description: fc.jsonValue() }),
        ),
      }),
    );
    fc.assert(
      fc.property(junk, (data) => {
        mine.receive(data);
      }),
    );
    await pass(1);
    expect([mine.state.status, theirs.state.status]).toEqual(["connected", "connected"]);
  });
});
