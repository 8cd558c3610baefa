import { useTranslation } from "react-i18next";
import { msg } from "@/lib/i18n/i18n";
import type { Figures, Quality } from "./quality";
import classes from "./quality-badge.module.css";

const WORDS: Record<Quality, string> = {
  good: msg("Good connection"),
  fair: msg("Fair connection"),
  poor: msg("Poor connection"),
};

/** Three bars, and in words what they mean. */
export function QualityBadge({ figures }: { figures: Figures }) {
  const { t } = useTranslation();
  const details = [
    figures.roundTrip !== null ? t("{time, number} ms round trip", { time: figures.roundTrip }) : null,
    figures.height !== null ? t("{lines, number} lines", { lines: figures.height }) : null,
    figures.relayed ? t("through a relay") : null,
  ].filter((one) => one !== null);
  const words = t(WORDS[figures.quality]);
  return (
    <span className={classes.badge} data-quality={figures.quality} title={details.join(" · ")}>
      <span className={classes.bars} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {words}
    </span>
  );
}
