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
import { type Day, date, dateTime, zoneName } from "@/lib/time";
import classes from "./explain-time.module.css";
import { type WallTime, asTime, firstAt, fromTime } from "./layout";
import { reasonText } from "./reasons";
import { fetchExplanation, fetchRules } from "./rules-api";

type Props = {
  /** The time that is asked about at first; it can be changed. */
  asked: WallTime | null;
  zone: string;
  onClose: () => void;
  /** Opens a time of one's own then. */
  onAdd: (time: WallTime) => void;
};

/** "Why isn't this time offered?": every reason, for any moment. */
export function ExplainTime({ asked, zone, onClose, onAdd }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog opened={asked !== null} onClose={onClose} title={t("Why isn’t this time offered?")}>
      {asked && (
        <Question
          key={`${asked.day} ${asked.minutes}`}
          asked={asked}
          zone={zone}
          onAdd={onAdd}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

function Question({ asked, zone, onAdd, onClose }: Props & { asked: WallTime }) {
  const { t } = useTranslation();
  const [day, setDay] = useState<Day | null>(asked.day);
  const [time, setTime] = useState(asTime(asked.minutes));
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
  // Without them nobody knows whether there are weekly hours at all.
  if (rules.isLoadingError) return <Failure error={rules.error} retry={() => void rules.refetch()} />;
  return (
    <div role="status">
      <Text size="sm" c="dimmed" mb={6}>
        {t("No session can be booked on {when}, because:", { when })}
      </Text>
      <ul className={classes.reasons}>
        {answer.data.reasons.map(({ code, detail }) => {
          const { text, to, link } = reasonText(code, detail, rules.data, date(at, zone));
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
