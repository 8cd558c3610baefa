import { notifications } from "@mantine/notifications";
import { sentence } from "@/lib/api/problem";

/** Says that something worked. */
export function told(message: string): void {
  notifications.show({ message, color: "pine" });
}

/** Says what went wrong, in one sentence for people. */
export function complained(error: unknown): void {
  notifications.show({ message: sentence(error), color: "red", autoClose: 9000 });
}
