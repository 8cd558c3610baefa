import { useTranslation } from "react-i18next";
import { useSession } from "@/lib/api/session";
import { formatNumber } from "@/lib/i18n/numbers";
import { useActiveBookings } from "./queries";
import classes from "./waiting.module.css";

/** How many bookings wait for this user to do something; nothing when none does. */
export function Waiting({ role }: { role: "seeker" | "consultant" }) {
  const { t } = useTranslation();
  const signedIn = useSession((state) => state.status === "in");
  const { data } = useActiveBookings({ enabled: signedIn, glance: true });
  const wanted = role === "consultant" ? "requested" : "payment_failed";
  const count = data?.filter((booking) => booking.status === wanted).length ?? 0;
  if (count === 0) return null;
  return (
    <span className={classes.count}>
      {formatNumber(count)}
      <span className="unseen">
        {" "}
        {role === "consultant" ? t("waiting for your answer") : t("waiting for payment")}
      </span>
    </span>
  );
}
