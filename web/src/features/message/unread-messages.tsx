import { ChatIcon } from "@/components/ui/icons";
import type { Booking } from "@/features/booking/api";
import { t } from "@/lib/i18n/i18n";
import classes from "./unread-messages.module.css";

/** For lists: how many messages of the other party are waiting; nothing when there are none. */
export function UnreadMessages({ booking }: { booking: Booking }) {
  const count = booking.unread_messages;
  if (count === 0) return null;
  return (
    <p className={classes.unread}>
      <ChatIcon size={16} />
      {t("{count, plural, one {# unread message} other {# unread messages}}", { count })}
    </p>
  );
}
