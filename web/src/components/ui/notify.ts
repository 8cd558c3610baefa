import { notifications } from "@mantine/notifications";
import { sentence } from "@/lib/api/problem";

/** Says that something worked. */
export function notifySuccess(message: string): void {
  notifications.show({ message, color: "pine" });
}

/** Says what went wrong, in one sentence for people. */
export function notifyError(error: unknown): void {
  const message = typeof error === "string" ? error : sentence(error);
  notifications.show({ message, color: "red", autoClose: 9000 });
}
