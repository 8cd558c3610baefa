import { expect, it, vi } from "vitest";
import { fetchAllPages } from "./pages";

it("a list is asked for page by page until there is no next one", async () => {
  const fetchPage = vi
    .fn()
    .mockResolvedValueOnce({ items: [1, 2], next_cursor: "second" })
    .mockResolvedValueOnce({ items: [], next_cursor: "third" })
    .mockResolvedValueOnce({ items: [3], next_cursor: null });
  expect(await fetchAllPages(fetchPage)).toEqual([1, 2, 3]);
  expect(fetchPage.mock.calls).toEqual([[{}], [{ cursor: "second" }], [{ cursor: "third" }]]);
});

it("a page that does not come fails the whole: nobody takes a part for it", async () => {
  const fetchPage = vi
    .fn()
    .mockResolvedValueOnce({ items: [1], next_cursor: "second" })
    .mockRejectedValueOnce(new Error("lost"));
  await expect(fetchAllPages(fetchPage)).rejects.toThrow("lost");
});
