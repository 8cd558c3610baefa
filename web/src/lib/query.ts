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
