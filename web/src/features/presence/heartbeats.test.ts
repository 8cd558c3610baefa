// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeLocks } from "@/test/locks";
import type { Presence } from "./api";
import { EVERY_MS, startHeartbeats } from "./heartbeats";

const NAME = "cc.presence.booking-1";
let ends: (() => void)[] = [];

/** A tab with the session. */
function tab() {
  const said: string[] = [];
  const end = startHeartbeats({
    name: NAME,
    send: (state) => {
      said.push(state);
      return Promise.resolve({} as Presence);
    },
    onAnswer: () => undefined,
    onChange: () => undefined,
    onError: () => undefined,
  });
  ends.push(end);
  return { said, end };
}
const pass = (times: number) => vi.advanceTimersByTimeAsync(times * EVERY_MS);

function show(state: DocumentVisibilityState) {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  ends = [];
  vi.useFakeTimers();
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
});
afterEach(() => {
  for (const end of ends) end();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("heartbeats", () => {
  it("come from a tab that can be seen although the one in charge has been stopped by the browser", async () => {
    const never = new Promise(() => undefined);
    void navigator.locks.request(NAME, () => never);
    const { said, end } = tab();
    await pass(3);
    expect(said.length).toBeGreaterThan(2);
    end();
    expect(said).not.toContain("gone");
  });

  it("come from the background only from the one in charge", async () => {
    const first = tab();
    const second = tab();
    await pass(1);
    show("hidden");
    const before = [first.said.length, second.said.length];
    await pass(3);
    expect([first.said.length, second.said.length]).toEqual([(before[0] ?? 0) + 3, before[1]]);
    show("visible");
    expect(second.said.length).toBe((before[1] ?? 0) + 1);
  });

  it("end with the last tab, and the one that goes on says so after a goodbye", async () => {
    const first = tab();
    const second = tab();
    await pass(1);
    const before = second.said.length;
    first.end();
    expect(first.said.at(-1)).toBe("gone");
    await pass(0);
    expect(second.said.slice(before)).toEqual(["here"]);
    second.end();
    expect(second.said.at(-1)).toBe("gone");
  });

  it("stop with the page, and go on when it is shown again", async () => {
    const { said } = tab();
    await pass(1);
    window.dispatchEvent(new Event("pagehide"));
    expect(said.at(-1)).toBe("gone");
    window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    await pass(0);
    expect(said.at(-1)).toBe("here");
  });
});
