import { Notifications } from "@mantine/notifications";
import "./more-styles.css";
import "@mantine/notifications/styles.layer.css";

/** Where notices of `notify.ts` appear. A file of its own, so that the first load comes without the library. */
export default function Toasts() {
  return <Notifications position="bottom-right" autoClose={6000} limit={3} />;
}
