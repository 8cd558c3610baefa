import { screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";
import { show } from "@/test/screen";
import { LoadMore } from "./load-more";

/** A list of so many pages; the next one comes at once. */
function List({ pages }: { pages: number }) {
  const [shown, setShown] = useState(1);
  const list = {
    hasNextPage: shown < pages,
    isFetchingNextPage: false,
    isFetchNextPageError: false,
    error: null,
    fetchNextPage: () => setShown(shown + 1),
  };
  return (
    <section aria-label="Entries">
      <a href="/first">The first entry</a>
      <LoadMore list={list}>Show more</LoadMore>
    </section>
  );
}

it("the keyboard goes on at the end of the list when its last page is there", async () => {
  const { user } = show(<List pages={2} />);
  await user.click(screen.getByRole("button", { name: "Show more" }));
  const end = screen.getByText("This is the end of the list.");
  await waitFor(() => expect(end.parentElement).toHaveFocus());
});

it("a list of one page says nothing of more, and nothing of its end", () => {
  show(<List pages={1} />);
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
  expect(screen.queryByText("This is the end of the list.")).not.toBeInTheDocument();
});
