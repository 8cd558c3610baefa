/**
 * The hooks with which everything reads from the API; ESLint lets nobody import TanStack Query's own. Their results lack
 * `isError`, `isSuccess` and `status`: a refetch that fails turns these although the answer before it is still there, and
 * a page that asks them first takes away what it shows, with everything that was typed into it. Instead:
 *
 *     if (card.isPending) return <Skeleton />;
 *     if (card.isLoadingError) return <Failure error={card.error} retry={() => void card.refetch()} />;
 *     return <Card card={card.data} />;
 */
/* eslint-disable no-restricted-imports -- the one place that may */
import {
  useInfiniteQuery as useTanStackInfiniteQuery,
  useQuery as useTanStackQuery,
} from "@tanstack/react-query";
import type {
  DefaultError,
  InfiniteData,
  QueryKey,
  UseInfiniteQueryOptions,
  UseInfiniteQueryResult,
  UseQueryOptions,
  UseQueryResult,
} from "@tanstack/react-query";
import { useState } from "react";

/** The members of a union keep what they say of `data`. */
type WithoutStatus<Result> = Result extends unknown
  ? Omit<Result, "isError" | "isSuccess" | "status">
  : never;

/** An answer of the API, asked for and kept up to date. */
export function useQuery<
  TAnswer = unknown,
  TError = DefaultError,
  TData = TAnswer,
  TKey extends QueryKey = QueryKey,
>(options: UseQueryOptions<TAnswer, TError, TData, TKey>): WithoutStatus<UseQueryResult<TData, TError>> {
  return useTanStackQuery(options);
}

type Fresh<TData> = { refetch: () => unknown } & (
  | { isPending: true; isLoadingError: false; data: undefined; error: null }
  | { isPending: false; isLoadingError: true; data: undefined; error: unknown }
  | { isPending: false; isLoadingError: false; data: TData; error: unknown }
);

/**
 * The same for a form that starts from the answer and is saved as a whole. An answer from memory is not used: saving it
 * would put back what has been changed elsewhere since. What is there stays, as with `useQuery`.
 */
export function useFreshQuery<TAnswer, TKey extends QueryKey>(
  options: Omit<UseQueryOptions<TAnswer, DefaultError, TAnswer, TKey>, "refetchOnMount">,
): Fresh<TAnswer> {
  const { data, error, isFetchedAfterMount, isLoadingError, isRefetchError, refetch } = useTanStackQuery({
    ...options,
    refetchOnMount: "always",
  });
  const [arrived, setArrived] = useState(false);
  const failed = isLoadingError || isRefetchError;
  if (!arrived && isFetchedAfterMount && !failed) setArrived(true);
  if (arrived) return { isPending: false, isLoadingError: false, data: data as TAnswer, error, refetch };
  return isFetchedAfterMount && failed
    ? { isPending: false, isLoadingError: true, data: undefined, error, refetch }
    : { isPending: true, isLoadingError: false, data: undefined, error: null, refetch };
}

/** The same for a list that is shown page by page. */
export function useInfiniteQuery<
  TAnswer,
  TError = DefaultError,
  TData = InfiniteData<TAnswer>,
  TKey extends QueryKey = QueryKey,
  TCursor = unknown,
>(
  options: UseInfiniteQueryOptions<TAnswer, TError, TData, TKey, TCursor>,
): WithoutStatus<UseInfiniteQueryResult<TData, TError>> {
  return useTanStackInfiniteQuery(options);
}
