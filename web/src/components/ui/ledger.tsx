import { Skeleton, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LoadMore, type PagedList } from "./load-more";
import classes from "./ledger.module.css";

export type Column<T> = { title: string; cell: (row: T) => ReactNode; end?: boolean };
type Props<T> = {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string;
  /** Where the rows come from, for those after them. */
  list?: PagedList;
};

/** A list of money: a table where there is room for its columns, a card per row elsewhere, the same markup for both. */
export function Ledger<T>({ caption, columns, rows, keyOf, list }: Props<T>) {
  const { t } = useTranslation();
  return (
    <Stack className={classes.ledger ?? ""}>
      <table className={classes.table}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, end }) => (
              <th key={title} scope="col" data-end={end || undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, cell, end }) => (
                <td key={title} data-title={title} data-end={end || undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {list && <LoadMore list={list}>{t("Show older entries")}</LoadMore>}
    </Stack>
  );
}

export function LedgerSkeleton() {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" role="status" aria-label={t("Loading")}>
      {[1, 2, 3, 4].map((row) => (
        <Skeleton key={row} height={48} />
      ))}
    </Stack>
  );
}
