import { act, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { server } from "@/test/server";
import { show } from "@/test/screen";
import { Crash } from "./crash";

const reload = vi.fn();

beforeEach(() => {
  sessionStorage.clear();
  reload.mockReset();
  vi.stubGlobal("location", { ...window.location, origin: window.location.origin, reload });
  server({});
});

function failing(error: Error) {
  const Fails = () => {
    throw error;
  };
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  show(<p>Elsewhere</p>, {
    path: "/start",
    at: "/broken",
    routes: [{ path: "/broken", element: <Fails />, errorElement: <Crash /> }],
  });
}

it.each([
  new TypeError("Failed to fetch dynamically imported module: /assets/expert-1.js"),
  new Error("Unable to preload CSS for /assets/expert-1.css"),
])("loads the page again, once, when its files are gone: %s", async (error) => {
  failing(error);
  expect(await screen.findByRole("heading", { name: "Something went wrong" })).toBeVisible();
  expect(reload).toHaveBeenCalledTimes(1);
});

it("says offline as offline, and loads the page when the network is back", async () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  failing(new TypeError("Failed to fetch dynamically imported module: /assets/expert-1.js"));
  expect(await screen.findByRole("heading", { name: "You’re offline" })).toBeVisible();
  expect(reload).not.toHaveBeenCalled();
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(true);
  act(() => void window.dispatchEvent(new Event("online")));
  await expect.poll(() => reload.mock.calls.length).toBe(1);
});

it("does not reload after an error of ours", async () => {
  failing(new Error("boom"));
  expect(await screen.findByText(/an unexpected error/)).toBeVisible();
  expect(reload).not.toHaveBeenCalled();
});
