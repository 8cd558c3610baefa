import { useTranslation } from "react-i18next";
import { Avatar, fullName } from "@/components/ui/person";
import type { Booking } from "@/features/booking/api";
import type { Side } from "@/features/booking/labels";
import type { Presence } from "./api";
import classes from "./who-is-here.module.css";

type Props = { booking: Booking; side: Side; presence: Presence | null; open: boolean };

/** Both parties, and while the session can take place (`open`) which of them is there. */
export function WhoIsHere({ booking, side, presence, open }: Props) {
  const { t } = useTranslation();
  const sides: Side[] = ["consultant", "seeker"];
  return (
    <ul className={classes.people}>
      {sides.map((one) => {
        const here = presence?.[one].present ?? false;
        return (
          <li key={one} className={classes.person}>
            <Avatar person={booking[one]} size={44} />
            <div className={classes.name}>
              <strong>{one === side ? t("You") : fullName(booking[one])}</strong>
              <small>{t("{side, select, seeker {Seeker} other {Expert}}", { side: one })}</small>
            </div>
            {open && presence && (
              <span className={classes.here} data-here={here || undefined}>
                {here ? t("here") : t("not here")}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
