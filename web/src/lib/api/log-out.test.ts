// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { logOut, resumeLogOut } from "./log-out";
import { renew } from "./renewal";
import { signIn, signOut, useSession } from "./session";
import { answer, session } from "@/test/sessions";

beforeEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
  signOut();
});

describe("logging out", () => {
  /** What was asked, as "/path token". */
  let requests: string[] = [];
  function serverSays(reply: (path: string) => Promise<Response>) {
    requests = [];
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
      const bearer = new Headers(init.headers).get("Authorization");
      requests.push(bearer ? `${path} ${bearer.slice(7)}` : path);
      return reply(path);
    });
  }
  const done = () => Promise.resolve(new Response(null, { status: 204 }));

  it("ends the session at the server", async () => {
    serverSays(done);
    signIn(session("one"));
    await logOut();
    expect(requests).toEqual(["/users/logout one"]);
    expect(useSession.getState()).toMatchObject({ status: "out", ended: false });
    await resumeLogOut();
    expect(requests).toHaveLength(1);
  });

  it("without an answer signs out here at once, and ends the session at the server later", async () => {
    serverSays(() => Promise.reject(new TypeError("network")));
    signIn(session("one"));
    await expect(logOut()).rejects.toThrow();
    expect(useSession.getState().status).toBe("out");
    serverSays((path) => (path === "/users/refresh" ? answer(200, session("two")) : done()));
    await resumeLogOut();
    expect(requests).toEqual(["/users/refresh", "/users/logout two"]);
    expect(useSession.getState().status).toBe("out");
  });

  it("is over when the cookie is good for nothing any more", async () => {
    serverSays(() => Promise.reject(new TypeError("network")));
    signIn(session("one"));
    await expect(logOut()).rejects.toThrow();
    serverSays(() => answer(401, {}));
    await resumeLogOut();
    await resumeLogOut();
    expect(requests).toEqual(["/users/refresh"]);
  });

  it("that is still open does not end the session of who has signed in since", async () => {
    serverSays(() => Promise.reject(new TypeError("network")));
    signIn(session("one"));
    await expect(logOut()).rejects.toThrow();
    signIn(session("two"));
    serverSays(done);
    await resumeLogOut();
    expect(requests).toEqual([]);
    expect(useSession.getState().token).toBe("two");
  });

  it("is not undone by a renewal that was on its way", async () => {
    let renewed = (_: Response) => {};
    serverSays((path) => (path === "/users/refresh" ? new Promise((reply) => (renewed = reply)) : done()));
    signIn(session("one"));
    const token = renew("one");
    await vi.waitFor(() => expect(requests).toEqual(["/users/refresh"]));
    const over = logOut();
    renewed(new Response(JSON.stringify(session("two"))));
    expect(await token).toBeNull();
    await over;
    expect(useSession.getState()).toMatchObject({ status: "out", token: null });
    expect(requests).toEqual(["/users/refresh", "/users/logout one"]);
  });

  it("is not undone by another tab that renews the session", async () => {
    serverSays(done);
    signIn(session("one"));
    const otherTab = new BroadcastChannel("cc.session");
    const over = logOut();
    // That tab wrote this down before it heard of the log-out.
    localStorage.setItem("cc.signed-in", "hint");
    otherTab.postMessage({
      kind: "in",
      session: session("two"),
      expiresAt: Date.now() + 900_000,
      hint: "hint",
      renewed: true,
    });
    await over;
    await new Promise((done) => setTimeout(done, 50));
    expect(useSession.getState()).toMatchObject({ status: "out", token: null, user: null });
    expect(requests).toEqual(["/users/logout one"]);
    expect(localStorage.getItem("cc.signed-in")).toBeNull();
    otherTab.close();
  });
});
