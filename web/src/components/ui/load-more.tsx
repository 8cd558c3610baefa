import { Button, Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "./note";

/** As much as is needed of a query whose list comes in pages. */
export type PagedList = {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => unknown;
};

/**
 * Asks for the next page of a list, and says when it did not come; nothing where there never was one. It stays after the
 * last page, as the place where the keyboard goes on when the button is gone.
 */
export function LoadMore({ list, children }: { list: PagedList; children: ReactNode }) {
  const { t } = useTranslation();
  const [paged, setPaged] = useState(list.hasNextPage);
  if (list.hasNextPage && !paged) setPaged(true);
  if (!list.hasNextPage && !paged) return null;
  return (
    <Stack gap="sm" align="center">
      {list.isFetchNextPageError && <ErrorNote error={list.error} />}
      {list.hasNextPage ? (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {children}
        </Button>
      ) : (
        <span className="unseen">{t("This is the end of the list.")}</span>
      )}
    </Stack>
  );
}
