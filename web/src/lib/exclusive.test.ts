// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeLocks } from "@/test/locks";
import { type OneTab, inOneTab, withLock } from "./exclusive";

const at = vi.fn();
let opened: OneTab[] = [];
/** A tab that takes part; `at` is logged when the work begins and ends there. */
function tab(name: string): OneTab {
  const one = inOneTab("work", () => {
    at(`${name} begins`);
    return () => at(`${name} ends`);
  });
  opened.push(one);
  return one;
}
const logged = () => at.mock.calls.map(([what]) => what as string);

beforeEach(() => {
  at.mockReset();
  opened = [];
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
});
afterEach(() => {
  for (const one of opened) one.stop();
  vi.unstubAllGlobals();
});

describe("work that one tab does", () => {
  it("is done by the next when that one stops", async () => {
    const first = tab("first");
    const second = tab("second");
    tab("third");
    await vi.waitFor(() => expect(logged()).toEqual(["first begins"]));
    second.stop();
    first.stop();
    await vi.waitFor(() => expect(logged()).toEqual(["first begins", "first ends", "third begins"]));
  });

  it("is done by another while the page is frozen, or waits in the page cache", async () => {
    for (const [target, stops, resumes] of [
      [document, new Event("freeze"), new Event("resume")],
      [window, new Event("pagehide"), Object.assign(new Event("pageshow"), { persisted: true })],
    ] as const) {
      at.mockReset();
      const one = tab("one");
      await vi.waitFor(() => expect(logged()).toEqual(["one begins"]));
      target.dispatchEvent(stops);
      expect(logged()).toEqual(["one begins", "one ends"]);
      const other = tab("other");
      await vi.waitFor(() => expect(logged()).toContain("other begins"));
      target.dispatchEvent(resumes);
      other.stop();
      await vi.waitFor(() => expect(logged().slice(-2)).toEqual(["other ends", "one begins"]));
      one.stop();
    }
  });

  it("is not begun twice by the page's first show", async () => {
    tab("one");
    await vi.waitFor(() => expect(logged()).toEqual(["one begins"]));
    window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
    document.dispatchEvent(new Event("resume"));
    await new Promise((settled) => setTimeout(settled));
    expect(logged()).toEqual(["one begins"]);
  });

  it("can be taken over from a tab that no longer runs, which does it again after the other", async () => {
    tab("first");
    const second = tab("second");
    await vi.waitFor(() => expect(logged()).toEqual(["first begins"]));
    second.takeOver();
    await vi.waitFor(() => expect(logged()).toHaveLength(3));
    expect(logged()).toEqual(expect.arrayContaining(["first ends", "second begins"]));
    second.stop();
    await vi.waitFor(() => expect(logged().at(-1)).toBe("first begins"));
  });

  it("is done by every tab where the browser refuses locks", async () => {
    const request = vi.fn(() => Promise.reject(new DOMException("Access is denied.", "SecurityError")));
    vi.stubGlobal("navigator", { locks: { request } });
    tab("first");
    const second = tab("second");
    await vi.waitFor(() => expect(logged()).toEqual(["first begins", "second begins"]));
    second.stop();
    expect(logged().at(-1)).toBe("second ends");
    expect(request).toHaveBeenCalledTimes(2);
  });

  it("is done by every tab where they cannot agree", () => {
    vi.stubGlobal("navigator", {});
    tab("first");
    tab("second").stop();
    expect(logged()).toEqual(["first begins", "second begins", "second ends"]);
  });
});

describe("a lock", () => {
  it("is done without where the browser refuses it", async () => {
    const request = () => Promise.reject(new DOMException("Access is denied.", "SecurityError"));
    vi.stubGlobal("navigator", { locks: { request } });
    expect(await withLock("work", { ifAvailable: true }, (granted) => Promise.resolve(granted))).toBe(true);
  });

  it("passes on what the work rejects with, and does not do it twice", async () => {
    const work = vi.fn(() => Promise.reject(new Error("failed")));
    await expect(withLock("work", {}, work)).rejects.toThrow("failed");
    expect(work).toHaveBeenCalledOnce();
  });
});
