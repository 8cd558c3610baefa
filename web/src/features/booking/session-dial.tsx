import { useTranslation } from "react-i18next";
import { stopwatch } from "@/lib/time";
import type { Meter } from "./free-period";
import classes from "./session-dial.module.css";

/** The free period as a ring that empties; afterwards the time that runs. */
export function SessionDial({ state }: { state: Meter }) {
  const { t } = useTranslation();
  const free = !state.charged;
  const around = 2 * Math.PI * 88;
  return (
    <div className={classes.dial} data-free={free || undefined}>
      <svg viewBox="0 0 200 200" aria-hidden="true" focusable="false">
        <circle cx="100" cy="100" r="88" className={classes.track} />
        {free && (
          <circle
            cx="100"
            cy="100"
            r="88"
            className={classes.left}
            strokeDasharray={around}
            strokeDashoffset={around * (1 - state.share)}
          />
        )}
      </svg>
      <div className={classes.time} role="timer" aria-label={free ? t("Free time left") : t("Running time")}>
        <span>{free ? stopwatch(Math.ceil(state.freeLeft / 1000) * 1000) : stopwatch(state.running)}</span>
        <small>{free ? t("free time left") : t("running time")}</small>
      </div>
    </div>
  );
}
