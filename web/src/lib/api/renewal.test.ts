// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { freshToken, renew } from "./renewal";
import { signIn, signOut, useSession } from "./session";
import { answer, session } from "@/test/sessions";

const MARK = `cc_renewing_${location.port}`;

let asked = 0;
function serverAnswers(reply: () => Promise<Response>) {
  asked = 0;
  vi.stubGlobal("fetch", () => {
    asked += 1;
    return reply();
  });
}

beforeEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  localStorage.clear();
  document.cookie = `${MARK}=; Path=/; Max-Age=0`;
  signOut();
});

describe("the access token", () => {
  it("is used while it is good", async () => {
    serverAnswers(() => answer(500, {}));
    signIn(session("one"));
    expect(await freshToken()).toBe("one");
    expect(asked).toBe(0);
  });

  it("is renewed before it lapses, once for all who ask", async () => {
    serverAnswers(() => answer(200, session("two")));
    signIn(session("one", 10));
    expect(await Promise.all([freshToken(), freshToken(), freshToken()])).toEqual(["two", "two", "two"]);
    expect(asked).toBe(1);
  });

  it("is not renewed when another has a newer one already", async () => {
    serverAnswers(() => answer(200, session("three")));
    signIn(session("two"));
    expect(await renew("one")).toBe("two");
    expect(asked).toBe(0);
  });

  it("never touches storage", () => {
    signIn(session("secret-token"));
    expect(JSON.stringify({ ...localStorage })).not.toContain("secret-token");
  });
});

describe("a tab that had to wait for another to renew", () => {
  /** Another tab holds the lock; what is returned ends that. */
  function otherTabRenews(): () => void {
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    type Work = (lock: object | null) => unknown;
    vi.stubGlobal("navigator", {
      locks: {
        request: async (_: string, options: object | Work, work?: Work) => {
          if (work) return work(null);
          await held;
          return (options as Work)({});
        },
      },
    });
    return release;
  }

  it("takes what the other got, and asks for nothing", async () => {
    serverAnswers(() => answer(200, session("three")));
    signIn(session("one", 10));
    const release = otherTabRenews();
    const token = freshToken();
    const otherTab = new BroadcastChannel("cc.session");
    otherTab.postMessage({ kind: "in", session: session("two"), expiresAt: Date.now() + 900_000 });
    release();
    expect(await token).toBe("two");
    expect(asked).toBe(0);
    otherTab.close();
  });

  it("lets the answer arrive first when the other was closed in the middle", async () => {
    vi.useFakeTimers();
    serverAnswers(() => answer(200, session("three")));
    signIn(session("one", 10));
    const release = otherTabRenews();
    const token = freshToken();
    release();
    await vi.advanceTimersByTimeAsync(2900);
    expect(asked).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(await token).toBe("three");
    expect(asked).toBe(1);
  });
});

describe("a page that follows one that was left in the middle of its renewal", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    serverAnswers(() => answer(200, session("two")));
    document.cookie = `${MARK}=${Date.now()}; Path=/; Max-Age=3`;
    signIn(session("one", 10));
  });

  it("lets that answer arrive first", async () => {
    const token = freshToken();
    await vi.advanceTimersByTimeAsync(2900);
    expect(asked).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(await token).toBe("two");
  });

  it("leaves word for the next when its own is left without an answer", async () => {
    serverAnswers(() => Promise.reject(new TypeError("the page is gone")));
    const token = expect(freshToken()).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(3100);
    await token;
    expect(document.cookie).toContain(`${MARK}=`);
  });

  it("leaves nothing behind for the next", async () => {
    const token = freshToken();
    await vi.advanceTimersByTimeAsync(3100);
    await token;
    expect(document.cookie).not.toContain(MARK);
  });
});

describe("the session", () => {
  it("ends, and says so, when the server has revoked it", async () => {
    serverAnswers(() => answer(401, { code: "unauthenticated" }));
    signIn(session("one", 1));
    expect(await freshToken()).toBeNull();
    expect(useSession.getState()).toMatchObject({ status: "out", user: null, ended: true });
  });

  it("stays when the server cannot be asked", async () => {
    serverAnswers(() => Promise.reject(new TypeError("network")));
    signIn(session("one", 1));
    await expect(freshToken()).rejects.toThrow();
    expect(useSession.getState().status).toBe("in");
  });

  it("stays when the server is down", async () => {
    serverAnswers(() => answer(503, {}));
    signIn(session("one", 1));
    await expect(freshToken()).rejects.toThrow();
    expect(useSession.getState().status).toBe("in");
  });

  it("is asked for at load only by those who had one", async () => {
    serverAnswers(() => answer(401, {}));
    expect(await freshToken()).toBeNull();
    expect(asked).toBe(0);
  });
});

describe("tabs that race", () => {
  it("a refused renewal does not sign out who signed in while it was asked", async () => {
    let refuse = (_: Response) => {};
    serverAnswers(() => new Promise((done) => (refuse = done)));
    signIn(session("one", 1));
    const token = freshToken();
    await vi.waitFor(() => expect(asked).toBe(1));
    const otherTab = new BroadcastChannel("cc.session");
    otherTab.postMessage({ kind: "in", session: session("two"), expiresAt: Date.now() + 900_000 });
    await vi.waitFor(() => expect(useSession.getState().token).toBe("two"));
    refuse(new Response("{}", { status: 401 }));
    expect(await token).toBe("two");
    expect(useSession.getState().status).toBe("in");
    otherTab.close();
  });

  it("a refused renewal is asked again with the cookie that another tab has got since", async () => {
    serverAnswers(() => {
      if (asked > 1) return answer(200, session("two"));
      localStorage.setItem("cc.signed-in", "written by another tab, whose message is still on its way");
      return answer(401, {});
    });
    signIn(session("one", 1));
    expect(await freshToken()).toBe("two");
    expect(asked).toBe(2);
  });

  it("the end of a session that this tab no longer has is not its own", async () => {
    signIn(session("two"));
    const otherTab = new BroadcastChannel("cc.session");
    otherTab.postMessage({ kind: "out", ended: true, token: "one" });
    otherTab.postMessage({ kind: "in", session: session("three"), expiresAt: Date.now() + 900_000 });
    await vi.waitFor(() => expect(useSession.getState().token).toBe("three"));
    otherTab.postMessage({ kind: "out", ended: true, token: "three" });
    await vi.waitFor(() => expect(useSession.getState()).toMatchObject({ status: "out", ended: true }));
    otherTab.close();
  });
});
