import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { isRefusal } from "@/lib/api/problem";
import { keys } from "@/lib/query-keys";
import { useVisible } from "@/lib/page-lifecycle";
import { markMessagesRead } from "./api";

const LONGEST_WAIT_MS = 30_000;

/**
 * Marks a booking's messages as read up to `latest`, the last unread one of the other party, while the page can be seen:
 * in a tab behind others nobody has read them. Without an answer it is tried again until there is one, and what came
 * meanwhile waits for it: an outage must not pile up requests.
 */
export function useMarkRead(bookingId: string, latest: string | undefined): void {
  const client = useQueryClient();
  const visible = useVisible();
  const { mutate, isPending, variables } = useMutation({
    mutationFn: (upTo: string) => markMessagesRead(bookingId, upTo),
    retry: (_, error) => !isRefusal(error),
    retryDelay: (attempt) => Math.min(1000 * 2 ** attempt, LONGEST_WAIT_MS),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.bookings.all }),
  });
  useEffect(() => {
    if (latest !== undefined && latest !== variables && visible && !isPending) mutate(latest);
  }, [latest, variables, visible, isPending, mutate]);
}
