import { Button, Skeleton, Text } from "@mantine/core";
import { useDebouncedValue, useIntersection } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Empty, Failure } from "@/components/ui/failure";
import { SearchIcon } from "@/components/ui/icons";
import { LoadMore, type PagedList } from "@/components/ui/load-more";
import { formatDuration, useFreePeriod } from "@/features/booking/free-period";
import { ExpertCard } from "@/features/directory/expert-card";
import { FilterBar } from "@/features/directory/filter-bar";
import { Heart } from "@/features/favourites/heart";
import { NO_FILTERS, fromAddress, toAddress } from "@/features/directory/filters";
import { expertsQuery } from "@/features/directory/queries";
import { useSession } from "@/lib/api/session";
import { useBrandName } from "@/lib/config";
import { t } from "@/lib/i18n/i18n";
import { useInfiniteQuery } from "@/lib/query";
import classes from "./directory.module.css";

export function Component() {
  const { t } = useTranslation();
  const brand = useBrandName();
  const [params, setParams] = useSearchParams();
  const [filters, setFilters] = useState(() => fromAddress(params));
  const address = toAddress(filters).toString();
  const [settled] = useDebouncedValue(address, 250);
  const [shown, setShown] = useState(params.toString());

  // The address follows what is typed, and what is shown follows the address when somebody goes back.
  useEffect(() => {
    setParams(new URLSearchParams(settled), { replace: true, preventScrollReset: true });
  }, [settled, setParams]);
  if (params.toString() !== shown) {
    setShown(params.toString());
    if (params.toString() !== address && params.toString() !== settled) setFilters(fromAddress(params));
  }

  const list = useInfiniteQuery(expertsQuery(settled));
  const experts = list.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <>
      <title>{`${t("Find an expert")} · ${brand}`}</title>
      <Hero />
      <div className={classes.page}>
        <FilterBar filters={filters} onChange={(change) => setFilters({ ...filters, ...change })} />
        <p className={classes.count} role="status">
          {list.data && !list.isPlaceholderData && counted(experts.length, list.hasNextPage)}
        </p>
        {list.isLoadingError && <Failure error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <Skeletons />}
        {list.data && experts.length === 0 && (
          <Empty icon={<SearchIcon size={28} />} title={t("No experts match")}>
            <Text c="dimmed">{t("Try fewer filters, or another word for the same thing.")}</Text>
            <Button variant="default" onClick={() => setFilters(NO_FILTERS)}>
              {t("Show all experts")}
            </Button>
          </Empty>
        )}
        <div
          className={classes.grid}
          data-stale={list.isPlaceholderData || undefined}
          aria-busy={list.isFetching}
        >
          {experts.map((expert) => (
            <ExpertCard key={expert.consultant_id} expert={expert} action={<Heart expert={expert} />} />
          ))}
        </div>
        <More list={list} />
      </div>
    </>
  );
}

function counted(count: number, more: boolean): string {
  if (count === 0) return "";
  return more
    ? t("{count, number}+ experts", { count })
    : t("{count, plural, one {# expert} other {# experts}}", { count });
}

function Hero() {
  const { t } = useTranslation();
  const signedIn = useSession((state) => state.status !== "out");
  const free = useFreePeriod();
  return (
    <section className={classes.hero} data-short={signedIn || undefined}>
      <div>
        <h1>{t("Talk to someone who has done it before")}</h1>
        {!signedIn && (
          <p>
            {t("Book an hour with an expert.")}{" "}
            {free === null
              ? ""
              : free > 0
                ? t(
                    "Sessions of up to {time} are free. Your card is charged only if the session lasts longer.",
                    {
                      time: formatDuration(free),
                    },
                  )
                : t("Your card is charged only if the session takes place.")}
          </p>
        )}
      </div>
    </section>
  );
}

/** The next experts: fetched when the end of the list comes near, and by a click after that has failed. */
function More({ list }: { list: PagedList }) {
  const { t } = useTranslation();
  const { ref, entry } = useIntersection({ rootMargin: "400px" });
  const near = entry?.isIntersecting ?? false;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const due = near && hasNextPage && !isFetchingNextPage && !isFetchNextPageError;
  useEffect(() => {
    if (due) void fetchNextPage();
  }, [due, fetchNextPage]);
  return (
    <div className={classes.more} ref={ref}>
      <LoadMore list={list}>{t("Show more experts")}</LoadMore>
    </div>
  );
}

function Skeletons() {
  return (
    <div className={classes.grid} aria-hidden="true">
      {Array.from({ length: 6 }, (_, index) => (
        <Skeleton key={index} height={234} radius={14} />
      ))}
    </div>
  );
}
