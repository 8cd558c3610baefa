import { useTranslation } from "react-i18next";
import { msg } from "@/lib/i18n/i18n";
import { formatNumber } from "@/lib/i18n/numbers";
import classes from "./stars.module.css";
import { StarIcon, StarLineIcon } from "./icons";
import { ErrorNote } from "./note";

/** "★ 4.80 (12)", read out as words. */
export function Stars({ average, count }: { average: number | null; count: number }) {
  const { t } = useTranslation();
  if (average === null || count === 0) return <span className={classes.none}>{t("New here")}</span>;
  const shown = formatNumber(average, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return (
    <span className={classes.average}>
      <span className={classes.star}>
        <StarIcon size={16} />
      </span>
      <span className="unseen">
        {t("Rated {average} of 5 stars, by {count, plural, one {# person} other {# people}}", {
          average: shown,
          count,
        })}
      </span>
      <strong aria-hidden="true">{shown}</strong>
      <span aria-hidden="true" className={classes.count}>
        {`(${formatNumber(count)})`}
      </span>
    </span>
  );
}

/** A given score as five stars. */
export function Score({ score }: { score: number }) {
  const { t } = useTranslation();
  return (
    <span role="img" aria-label={t("{score, number} of 5 stars", { score })} className={classes.score}>
      {[1, 2, 3, 4, 5].map((value) =>
        value <= score ? <StarIcon key={value} size={16} /> : <StarLineIcon key={value} size={16} />,
      )}
    </span>
  );
}

const WORDS = [msg("Poor"), msg("Fair"), msg("Good"), msg("Very good"), msg("Excellent")];

type StarsInputProps = {
  name?: string;
  value: number;
  onChange: (score: number) => void;
  error?: string;
  "data-path"?: string;
};

/** Radio buttons that look like stars: arrow keys, mouse and touch all choose. */
export function StarsInput({ name = "score", value, onChange, error, "data-path": path }: StarsInputProps) {
  const { t } = useTranslation();
  const word = (score: number) => t(WORDS[score - 1] ?? "");
  return (
    <fieldset className={classes.input}>
      <legend>{t("How was it?")}</legend>
      <div className={classes.row}>
        {[1, 2, 3, 4, 5].map((score) => (
          <label key={score} data-on={score <= value || undefined}>
            <input
              type="radio"
              name={name}
              className="unseen"
              value={score}
              checked={score === value}
              onChange={() => onChange(score)}
              data-path={path}
            />
            <span className="unseen">{t("{score, number} of 5: {word}", { score, word: word(score) })}</span>
            {score <= value ? <StarIcon size={34} /> : <StarLineIcon size={34} />}
          </label>
        ))}
        <span className={classes.word} aria-hidden="true">
          {value > 0 && word(value)}
        </span>
      </div>
      <ErrorNote error={error} />
    </fieldset>
  );
}
