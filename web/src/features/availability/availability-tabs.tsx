import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import classes from "./availability-tabs.module.css";

/** The three parts of a consultant's availability. */
export function AvailabilityTabs() {
  const { t } = useTranslation();
  return (
    <nav className={classes.tabs} aria-label={t("Availability")}>
      <NavLink to="/availability" end className={classes.tab ?? ""}>
        {t("Calendar")}
      </NavLink>
      <NavLink to="/availability/hours" className={classes.tab ?? ""}>
        {t("Weekly hours")}
      </NavLink>
      <NavLink to="/availability/calendars" className={classes.tab ?? ""}>
        {t("Busy calendars")}
      </NavLink>
    </nav>
  );
}
