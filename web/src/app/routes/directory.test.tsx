import { act, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { expert } from "@/test/people";
import { type Asked, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Directory } from "./directory";

const PATH = "/consultants";
const card = (id: string) => ({ ...expert, consultant_id: id, last_name: id });
const found = (ids: string[], next_cursor: string | null = null) => ({ items: ids.map(card), next_cursor });
const names = () => screen.getAllByRole("article").map((one) => one.querySelector("h2")?.textContent);

/** What the page watches comes into view when a test says so. */
let comeIntoView = () => {};
beforeEach(() => {
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(tell: (entries: object[]) => void) {
        comeIntoView = () => act(() => tell([{ isIntersecting: true }]));
      }
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});

describe("the directory", () => {
  it("asks once for what was typed in one go, and writes it into the address", async () => {
    const { to } = server({ [`GET ${PATH}`]: found(["Everybody"]) });
    const { user, router } = show(<Directory />, { path: "/find" });
    await screen.findByRole("article");
    await user.type(screen.getByLabelText("Search experts"), "postgres");
    await waitFor(() => expect(router.state.location.search).toBe("?q=postgres"));
    await waitFor(() => expect(to("GET", PATH).at(-1)?.query.get("search")).toBe("postgres"));
    expect(to("GET", PATH).length).toBeLessThan(5);
    await user.selectOptions(screen.getByLabelText("Available"), "In the next 2 hours");
    await waitFor(() => expect(router.state.location.search).toContain("when="));
    // Back leaves the directory, however much was typed and chosen in it.
    expect(router.state.historyAction).toBe("REPLACE");
  });

  it("gives up a search that is overtaken by another", async () => {
    const slow: Asked[] = [];
    server({
      [`GET ${PATH}`]: (one) => {
        if (one.query.get("search") !== "slow") return found([one.query.get("search") ?? "Everybody"]);
        slow.push(one);
        return new Promise<object>(() => {});
      },
    });
    const { user } = show(<Directory />, { path: "/find" });
    await screen.findByRole("article");
    await user.type(screen.getByLabelText("Search experts"), "slow");
    await waitFor(() => expect(slow).toHaveLength(1));
    await user.clear(screen.getByLabelText("Search experts"));
    await user.type(screen.getByLabelText("Search experts"), "quick");
    await waitFor(() => expect(names()).toEqual(["Cora quick"]));
    expect(slow[0]?.signal.aborted).toBe(true);
  });

  it("leaves the keyboard at the search that was cleared", async () => {
    server({ [`GET ${PATH}`]: found(["Everybody"]) });
    const { user } = show(<Directory />, { path: "/find" });
    const search = screen.getByLabelText("Search experts");
    await user.type(search, "postgres");
    await user.click(screen.getByRole("button", { name: "Clear the search" }));
    await waitFor(() => expect(search).toHaveFocus());
    expect(search).toHaveValue("");
  });

  it("shows what the address asks for: words, filters and order", async () => {
    const { to } = server({ [`GET ${PATH}`]: found(["One"]) });
    show(<Directory />, {
      path: "/find",
      at: "/find?q=roses&tag=gardens&language=cs&rating=4&rate=90&sort=rate",
    });
    await screen.findByRole("article");
    expect(Object.fromEntries(to("GET", PATH)[0]?.query ?? [])).toMatchObject({
      search: "roses",
      tag: "gardens",
      language: "cs",
      min_rating: "4",
      max_hourly_rate: "9000",
      sort: "rate",
    });
    expect(screen.getByLabelText("Search experts")).toHaveValue("roses");
    expect(screen.getByLabelText("Sort by")).toHaveValue("rate");
  });

  it("goes on by itself where one scrolls, and by a button", async () => {
    const pages: Record<string, object> = {
      "": found(["First"], "2"),
      2: found(["Second"], "3"),
      3: found(["Third"]),
    };
    server({
      [`GET ${PATH}`]: ({ query }) => pages[query.get("cursor") ?? ""] ?? problem(400, "validation_failed"),
    });
    const { user } = show(<Directory />, { path: "/find" });
    await screen.findByText("1+ experts");
    await user.click(screen.getByRole("button", { name: "Show more experts" }));
    await waitFor(() => expect(names()).toEqual(["Cora First", "Cora Second"]));
    comeIntoView();
    await waitFor(() => expect(names()).toEqual(["Cora First", "Cora Second", "Cora Third"]));
    expect(screen.getByText("3 experts")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Show more experts" })).not.toBeInTheDocument();
  });

  it("asks for the next page with the times of the first one, however long one reads that", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-23T10:01:00Z") });
    let from: string | null = null;
    const { to } = server({
      [`GET ${PATH}`]: ({ query }) => {
        if (!query.has("cursor")) {
          from = query.get("available_from");
          return found(["First"], "2");
        }
        // As the server does: the cursor is bound to the filters.
        return query.get("available_from") === from ? found(["Second"]) : problem(400, "validation_failed");
      },
    });
    const { user, refetch } = show(<Directory />, { path: "/find", at: "/find?when=2h" });
    await screen.findByText("1+ experts");
    vi.setSystemTime(Date.parse("2026-11-23T10:07:00Z"));
    await user.click(screen.getByRole("button", { name: "Show more experts" }));
    await waitFor(() => expect(names()).toEqual(["Cora First", "Cora Second"]));
    // Asked for anew as a whole, it is the list of now.
    await refetch();
    expect(to("GET", PATH).map(({ query }) => query.get("available_from"))).toEqual([
      "2026-11-23T10:05:00.000Z",
      "2026-11-23T10:05:00.000Z",
      "2026-11-23T10:10:00.000Z",
      "2026-11-23T10:10:00.000Z",
    ]);
  });

  it("says when nobody is found, and leads back to everybody", async () => {
    server({ [`GET ${PATH}`]: ({ query }) => found(query.get("tag") ? [] : ["Everybody"]) });
    const { user } = show(<Directory />, { path: "/find", at: "/find?tag=nothing" });
    expect(await screen.findByText("No experts match")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Show all experts" }));
    expect(await screen.findByRole("article")).toBeVisible();
  });

  it("says when it can't be loaded, and tries again when asked to", async () => {
    let down = true;
    server({ [`GET ${PATH}`]: () => (down ? problem(503, "service_unavailable") : found(["Back"])) });
    const { user } = show(<Directory />, { path: "/find" });
    expect(await screen.findByRole("alert")).toHaveTextContent("temporarily unavailable");
    down = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("article")).toBeVisible();
  });
});
