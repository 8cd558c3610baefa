import { Button, SimpleGrid, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { Failure } from "@/components/ui/failure";
import { LocaleDateInput } from "@/components/ui/locale-date-input";
import { Note } from "@/components/ui/note";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { type Day, addDays, date, dateTime, zoneName } from "@/lib/time";
import classes from "./explain-time.module.css";
import { asTime, firstAt, fromTime } from "./layout";
import { reasonText } from "./reasons";
import { fetchExplanation, fetchRules } from "./rules-api";

export type Place = { day: Day; minutes: number };
type Props = {
  place: Place | null;
  zone: string;
  onClose: () => void;
  /** Opens a time of one's own there. */
  onAdd: (place: Place) => void;
};

/** "Why isn't this time offered?": every reason, for any moment. */
export function ExplainTime({ place, zone, onClose, onAdd }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog opened={place !== null} onClose={onClose} title={t("Why isn’t this time offered?")}>
      {place && (
        <Question
          key={`${place.day} ${place.minutes}`}
          place={place}
          zone={zone}
          onAdd={onAdd}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

function Question({ place, zone, onAdd, onClose }: Props & { place: Place }) {
  const { t } = useTranslation();
  const [day, setDay] = useState<Day | null>(place.day);
  const [time, setTime] = useState(asTime(place.minutes));
  const minutes = fromTime(time);
  const at = minutes === null || day === null ? null : firstAt(day, minutes, zone);
  return (
    <Stack>
      <SimpleGrid cols={2} spacing="sm">
        <LocaleDateInput label={t("Day")} value={day} onChange={setDay} />
        <TextInput
          label={t("Time")}
          description={at === null ? undefined : zoneName(zone, at)}
          inputWrapperOrder={["label", "input", "description", "error"]}
          type="time"
          step={900}
          value={time}
          error={minutes === null && t("Enter a time, for example 09:30.")}
          onChange={(event) => setTime(event.currentTarget.value)}
        />
      </SimpleGrid>
      {at !== null && <Reasons at={at} zone={zone} />}
      <DialogActions>
        <Button variant="default" onClick={onClose}>
          {t("Close")}
        </Button>
        {minutes !== null && day !== null && (
          <Button onClick={() => onAdd({ day, minutes: Math.min(minutes, 24 * 60 - 15) })}>
            {t("Add a time here")}
          </Button>
        )}
      </DialogActions>
    </Stack>
  );
}

function Reasons({ at, zone }: { at: number; zone: string }) {
  const { t } = useTranslation();
  const instant = new Date(at).toISOString();
  const rules = useQuery({ queryKey: keys.rules, queryFn: fetchRules });
  const answer = useQuery({
    queryKey: keys.explanation(instant),
    queryFn: () => fetchExplanation(instant),
    // It depends on what others do, and on the hour: never from memory.
    gcTime: 0,
  });
  if (answer.isPending || rules.isPending) return <Skeleton height={80} />;
  if (answer.isLoadingError) return <Failure error={answer.error} retry={() => void answer.refetch()} />;
  const when = dateTime(at, zone);
  if (answer.data.offered)
    return (
      <Note kind="good" live>
        {t("A session can be booked on {when}.", { when })}
      </Note>
    );
  return (
    <div role="status">
      <Text size="sm" c="dimmed" mb={6}>
        {t("No session can be booked on {when}, because:", { when })}
      </Text>
      <ul className={classes.reasons}>
        {answer.data.reasons.map(({ code, detail }) => {
          const { text, to, link } = reasonText(code, detail, rules.data ?? null, date(at, zone));
          return (
            <li key={code}>
              {text} {to && link && <Link to={to}>{link}</Link>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Nine in the morning of the shown week's first day, or of tomorrow: for those who ask by keyboard. */
export function somePlace(first: Day, today: Day): Place {
  return { day: first > today ? first : addDays(today, 1), minutes: 9 * 60 };
}
