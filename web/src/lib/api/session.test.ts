// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { session } from "@/test/sessions";
import { renewSession, setUser, signIn, signOut, useSession } from "./session";

let otherTab: BroadcastChannel;
let received: unknown[] = [];
beforeEach(() => {
  localStorage.clear();
  signOut();
  otherTab = new BroadcastChannel("cc.session");
  received = [];
  otherTab.onmessage = ({ data }: MessageEvent) => void received.push(data);
});
afterEach(() => {
  otherTab.close();
  vi.unstubAllGlobals();
});

describe("what the account becomes", () => {
  const { user } = session("one");

  it("is told to the other tabs", async () => {
    signIn(session("one"));
    setUser({ ...user, time_zone: "Asia/Tokyo" });
    const changed = { ...user, time_zone: "Asia/Tokyo" };
    await vi.waitFor(() =>
      expect(received).toContainEqual(
        expect.objectContaining({
          kind: "in",
          session: { ...session("one"), user: changed, expires_in: expect.any(Number) as number },
        }),
      ),
    );
  });

  it("brings nobody back who has logged out, nor changes who has signed in since", () => {
    signIn(session("one"));
    signOut();
    setUser(user);
    expect(useSession.getState()).toMatchObject({ status: "out", user: null });
    const other = { ...user, id: "somebody-else" };
    signIn({ ...session("two"), user: other });
    setUser(user);
    expect(useSession.getState()).toMatchObject({ status: "in", user: other });
  });

  it("is taken over from another tab, unless it is about somebody else", async () => {
    signIn(session("one"));
    const send = (change: object) =>
      otherTab.postMessage({
        kind: "in",
        session: { ...session("one"), user: { ...user, ...change } },
        expiresAt: Date.now() + 900_000,
        hint: localStorage.getItem("cc.signed-in"),
        renewed: true,
      });
    send({ id: "somebody-else", first_name: "Eve" });
    send({ email_verified: true, last_name: "King" });
    await vi.waitFor(() => expect(useSession.getState().user?.last_name).toBe("King"));
    expect(useSession.getState()).toMatchObject({ status: "in", user: { id: user.id, first_name: "Ada" } });
  });
});

it("a renewal opens no session where there is none any more", () => {
  renewSession(session("two"));
  expect(useSession.getState().status).toBe("out");
  expect(localStorage.getItem("cc.signed-in")).toBeNull();
});

describe("a page that its reader comes back to", () => {
  const restored = () => window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  const reload = vi.fn();
  beforeEach(() => {
    reload.mockReset();
    vi.stubGlobal("location", { reload });
  });

  it("is shown as it was while the session is the same", () => {
    signIn(session("one"));
    restored();
    expect(reload).not.toHaveBeenCalled();
  });

  it.each([
    ["somebody has logged out meanwhile", () => localStorage.removeItem("cc.signed-in")],
    ["somebody has signed in meanwhile", () => localStorage.setItem("cc.signed-in", "another")],
  ])("is loaded anew when %s", (_, change) => {
    signIn(session("one"));
    change();
    restored();
    expect(reload).toHaveBeenCalledTimes(1);
  });
});
