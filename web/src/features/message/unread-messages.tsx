import { useTranslation } from "react-i18next";
import { ChatIcon } from "@/components/ui/icons";
import type { Booking } from "@/features/booking/api";
import classes from "./unread-messages.module.css";

/** For lists: how many messages of the other party are waiting; nothing when there are none. */
export function UnreadMessages({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const count = booking.unread_messages;
  if (count === 0) return null;
  return (
    <p className={classes.unread}>
      <ChatIcon size={16} />
      {t("{count, plural, one {# unread message} other {# unread messages}}", { count })}
    </p>
  );
}
