import { Button, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { ErrorNote } from "./note";

/** As much as is needed of a query whose list comes in pages. */
export type PagedList = {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => unknown;
};

/** Asks for the next page of a list, and says when it did not come; nothing where there is none. */
export function LoadMore({ list, children }: { list: PagedList; children: ReactNode }) {
  if (!list.hasNextPage) return null;
  return (
    <Stack gap="sm" align="center">
      {list.isFetchNextPageError && <ErrorNote error={list.error} />}
      <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {children}
      </Button>
    </Stack>
  );
}
