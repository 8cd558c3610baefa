import type { UseFormReturnType } from "@mantine/form";
import { infiniteQueryOptions, keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Intent } from "@/lib/api/intent";
import { type ApiProblem, isRefusal } from "@/lib/api/problem";
import { useSession } from "@/lib/api/session";
import { useSubmit } from "@/lib/form";
import { useLiveInterval } from "@/lib/live";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import {
  type Booking,
  type Status,
  fetchActiveBookings,
  fetchBooking,
  fetchBookings,
  fetchTimeline,
  isSlotTaken,
} from "./api";

export function useBooking(id: string) {
  const interval = useLiveInterval();
  return useQuery({
    queryKey: keys.bookings.one(id),
    queryFn: ({ signal }) => fetchBooking(id, signal),
    // What was refused once, somebody else's booking above all, is not asked for again and again.
    refetchInterval: (query) =>
      query.state.status === "error" && isRefusal(query.state.error) ? false : interval,
  });
}

/** Asked again when the booking has changed, rather than all the time. */
export function useTimeline(booking: Booking) {
  return useQuery({
    queryKey: keys.bookings.timeline(booking.id, booking.updated_at),
    queryFn: () => fetchTimeline(booking.id),
    placeholderData: keepPreviousData,
  });
}

/**
 * The booking, if it is in one of the states that were wanted: somebody else was faster, or the answer was lost. Throws
 * `error` otherwise.
 */
async function movedOn(id: string, wanted: readonly Status[], error: unknown): Promise<Booking> {
  const mayHave = !isRefusal(error) || (error as ApiProblem).code === "invalid_transition";
  const booking = wanted.length > 0 && mayHave ? await fetchBooking(id).catch(() => null) : null;
  if (booking === null || !wanted.includes(booking.status)) throw error;
  return booking;
}

/** Bookings that are not over. `glance`: for the count in the header, which may be some seconds old. */
export function useActiveBookings({ enabled = true, glance = false } = {}) {
  const interval = useLiveInterval();
  return useQuery({
    queryKey: keys.bookings.active,
    queryFn: ({ signal }) => fetchActiveBookings(signal),
    refetchInterval: glance ? Math.max(interval, 10_000) : interval,
    enabled,
  });
}

/**
 * The seeker's own booking on the slot; null when somebody else has it, or nobody can say; undefined while it is asked for.
 */
export function useOwnBooking(slotId: string | null): Booking | null | undefined {
  const isSeeker = useSession(({ user }) => user?.role === "seeker");
  const enabled = isSeeker && slotId !== null;
  const { data, isPending } = useActiveBookings({ enabled });
  if (enabled && isPending) return undefined;
  return data?.find((one) => one.slot_id === slotId) ?? null;
}

export const bookingPages = (status: readonly Status[]) =>
  infiniteQueryOptions({
    queryKey: keys.bookings.pages(status),
    queryFn: ({ pageParam, signal }) =>
      fetchBookings({ status: [...status], limit: 20, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
  });

/** What follows a command on a booking: the answer is shown at once, everything else that it may have changed is asked again. */
function useBookingEffects() {
  const client = useQueryClient();
  return {
    onSuccess: (booking: Booking) => {
      client.setQueryData(keys.bookings.one(booking.id), booking);
    },
    onError: (error: unknown) => {
      if (isSlotTaken(error)) void client.invalidateQueries({ queryKey: keys.slots.all });
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.bookings.all });
      void client.invalidateQueries({ queryKey: keys.payments.all });
    },
  };
}

/**
 * One of the commands on a booking that needs no more than a click: sent once per intent, the answer shown at once,
 * everything else asked again. Also after a refusal, since that mostly means that the booking has moved on: to one of
 * the states that were `wanted`, the command has succeeded, whoever gave it.
 */
export function useBookingCommand<V = undefined>(
  send: (id: string, vars: V, key: string) => Promise<Booking>,
  wanted: readonly Status[] = [],
) {
  const effects = useBookingEffects();
  const [intent] = useState(() => new Intent());
  return useMutation({
    mutationFn: ({ id, vars }: { id: string; vars: V }) =>
      intent
        .run({ id, vars }, (key) => send(id, vars, key))
        .catch((error: unknown) => movedOn(id, wanted, error)),
    ...effects,
  });
}

type FormOptions<V> = {
  /** The booking, and the states of it that mean that the command has succeeded, whoever gave it. */
  wanted?: { id: string; statuses: readonly Status[] };
  onError?: (error: unknown, values: V) => void;
  draft: string;
  next: (booking: Booking) => void;
};

/** A command on a booking that is sent as a form. */
export function useBookingForm<V extends Record<string, unknown>>(
  form: UseFormReturnType<V>,
  send: (values: V, key: string) => Promise<Booking>,
  { wanted, onError, draft, next }: FormOptions<V>,
) {
  const effects = useBookingEffects();
  return useSubmit(
    form,
    (values, key) =>
      send(values, key).catch((error: unknown) => {
        if (!wanted) throw error;
        return movedOn(wanted.id, wanted.statuses, error);
      }),
    {
      ...effects,
      onError: (error, values) => {
        effects.onError(error);
        onError?.(error, values);
      },
      draft,
      next,
      once: true,
    },
  );
}
