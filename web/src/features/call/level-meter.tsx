import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import classes from "./level-meter.module.css";
import { watchLevel } from "./sound";

/** How loud the microphone hears one. */
export function LevelMeter({ track }: { track: MediaStreamTrack | null }) {
  const { t } = useTranslation();
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!track) return;
    // Ten times a second: not a matter for React.
    return watchLevel(track, (level) => {
      meter.current?.style.setProperty("--level", String(level));
      meter.current?.setAttribute("aria-valuenow", String(Math.round(level * 100)));
    });
  }, [track]);
  return (
    <div
      ref={meter}
      className={classes.meter}
      role="meter"
      aria-label={t("Microphone level")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    />
  );
}
