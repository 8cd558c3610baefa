import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ClockIcon } from "@/components/ui/icons";
import { Avatar, fullName } from "@/components/ui/person";
import { Stars } from "@/components/ui/stars";
import { Verified } from "@/components/ui/verified";
import { roundMoney } from "@/lib/money";
import { dateTime } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { expertPath } from "./address";
import type { Expert } from "./api";
import classes from "./expert-card.module.css";

/** One expert in the directory; the whole card leads to their page, but for `action`. */
export function ExpertCard({ expert, action }: { expert: Expert; action?: ReactNode }) {
  const { t } = useTranslation();
  const zone = useZone();
  const more = expert.expertise_tags.length - 4;
  return (
    <article className={classes.card}>
      <div className={classes.top}>
        <Avatar person={expert} size={52} />
        <div className={classes.who}>
          <h2 className={classes.name}>
            <Link to={expertPath(expert)} className={classes.link}>
              {fullName(expert)}
            </Link>
          </h2>
          <div className={classes.facts}>
            <Stars average={expert.average_rating} count={expert.rating_count} />
            {expert.verified && <Verified />}
          </div>
        </div>
        {action}
      </div>
      <p className={classes.headline}>{expert.headline}</p>
      <ul className={classes.tags} aria-label={t("Expertise")}>
        {expert.expertise_tags.slice(0, 4).map((tag) => (
          <li key={tag}>{tag}</li>
        ))}
        {more > 0 && <li className={classes.more}>+{more}</li>}
      </ul>
      <div className={classes.bottom}>
        <span className={classes.next}>
          <ClockIcon size={16} />
          {expert.next_available_at ? dateTime(expert.next_available_at, zone) : t("No available times yet")}
        </span>
        <span className={classes.rate}>
          <strong>{roundMoney(expert.hourly_rate, expert.currency)}</strong> {t("/ hour")}
        </span>
      </div>
    </article>
  );
}
