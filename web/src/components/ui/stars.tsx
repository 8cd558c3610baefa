import classes from "./stars.module.css";
import { StarIcon, StarLineIcon } from "./icons";

/** "★ 4.80 (12)", read out as words. */
export function Stars({ average, count }: { average: number | null; count: number }) {
  if (average === null || count === 0) return <span className={classes.none}>New here</span>;
  return (
    <span className={classes.average}>
      <span className={classes.star}>
        <StarIcon size={16} />
      </span>
      <span className="unseen">Rated </span>
      <strong>{average.toFixed(2)}</strong>
      <span className="unseen"> of 5 stars, by </span>
      <span className={classes.count}>
        <span aria-hidden="true">(</span>
        {count}
        <span aria-hidden="true">)</span>
      </span>
    </span>
  );
}

/** A given score as five stars. */
export function Score({ score }: { score: number }) {
  return (
    <span role="img" aria-label={`${score} of 5 stars`} className={classes.score}>
      {[1, 2, 3, 4, 5].map((value) =>
        value <= score ? <StarIcon key={value} size={16} /> : <StarLineIcon key={value} size={16} />,
      )}
    </span>
  );
}

const WORDS = ["", "Poor", "Fair", "Good", "Very good", "Excellent"];

/** Radio buttons that look like stars: arrow keys, mouse and touch all choose. */
export function StarsInput({ value, onChange }: { value: number; onChange: (score: number) => void }) {
  return (
    <fieldset className={classes.input}>
      <legend>How was it?</legend>
      <div className={classes.row}>
        {[1, 2, 3, 4, 5].map((score) => (
          <label key={score} data-on={score <= value || undefined}>
            <input
              type="radio"
              name="score"
              className="unseen"
              value={score}
              checked={score === value}
              onChange={() => onChange(score)}
            />
            <span className="unseen">{`${score} of 5: ${WORDS[score]}`}</span>
            {score <= value ? <StarIcon size={34} /> : <StarLineIcon size={34} />}
          </label>
        ))}
        <span className={classes.word} aria-hidden="true">
          {WORDS[value]}
        </span>
      </div>
    </fieldset>
  );
}
