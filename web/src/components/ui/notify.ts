import type { NotificationData } from "@mantine/notifications";
import { sentence } from "@/lib/api/problem";

/** Says that something worked. */
export function notifySuccess(message: string): void {
  show({ message, color: "pine" });
}

/** Says what went wrong, in one sentence for people. */
export function notifyError(error: unknown): void {
  const message = typeof error === "string" ? error : sentence(error);
  show({ message, color: "red", autoClose: 9000 });
}

/** The library is no part of the first load (see toasts.tsx). */
function show(data: NotificationData): void {
  void import("@mantine/notifications").then(({ notifications }) => notifications.show(data));
}
