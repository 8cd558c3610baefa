import { useTranslation } from "react-i18next";
import { RightIcon } from "@/components/ui/icons";
import { clockTime, dayLabel, wall, zoneName } from "@/lib/time";
import classes from "./compare-times.module.css";

type Time = { scheduled_start: string; scheduled_end: string };
type Props = { from: Time; to: Time | null; zone: string };

/** The time as it is and as it would be, side by side. */
export function CompareTimes({ from, to, zone }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.times}>
      <dl>
        <dt>{t("Current time")}</dt>
        <dd>
          <When time={from} zone={zone} />
        </dd>
      </dl>
      <span className={classes.arrow}>
        <RightIcon size={24} />
      </span>
      <dl data-new>
        <dt>{t("New time")}</dt>
        <dd>
          {to ? <When time={to} zone={zone} /> : <span className={classes.none}>{t("Not chosen yet")}</span>}
        </dd>
      </dl>
    </div>
  );
}

function When({ time, zone }: { time: Time; zone: string }) {
  const start = Date.parse(time.scheduled_start);
  return (
    <>
      <strong>{dayLabel(wall(start, zone).day, { weekday: "long", day: "numeric", month: "long" })}</strong>
      <span>
        {clockTime(start, zone)}–{clockTime(time.scheduled_end, zone)}
      </span>
      <small>{zoneName(zone, start)}</small>
    </>
  );
}
