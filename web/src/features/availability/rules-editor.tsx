import { Button, Group, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { LeaveGuard } from "@/components/ui/leave-guard";
import { ErrorNote, Note } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { sentence } from "@/lib/api/problem";
import { WHOLE_FORM, useSubmit } from "@/lib/form";
import { keys } from "@/lib/query-keys";
import { dateTime } from "@/lib/time";
import { ExceptionsEditor } from "./exceptions-editor";
import { lengthObjection } from "./layout";
import { RuleSettings } from "./rule-settings";
import { type Rules, deleteRules, saveRules } from "./rules-api";
import {
  type Draft,
  type Errors,
  draftOf,
  errorsOf,
  newDraft,
  requestOf,
  sameRules,
  serverErrors,
} from "./rules-draft";
import classes from "./rules-editor.module.css";
import { useShortestSession } from "./session-lengths";
import { WeekHours } from "./week-hours";

type Props = { rules: Rules | null; zone: string };

/** The weekly rules and their exceptions, saved as one. */
export function RulesEditor({ rules, zone }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const saved = rules && draftOf(rules);
  const shortest = useShortestSession();
  const form = useForm<Draft>({
    initialValues: saved ?? newDraft(zone, shortest),
    validate: (values) => errorsOf(values, shortest),
  });
  const draft = form.values;
  // What stays behind when one leaves: changes to the saved rules, or to what was offered in place of none.
  const [offered, setOffered] = useState(() => newDraft(zone, shortest));
  const changed = !sameRules(saved ?? offered, draft);
  const [checked, setChecked] = useState(false);
  const dirty = saved === null || !sameRules(saved, draft);
  // Told anew with each change, so that nothing stale stands beside fields that are right.
  const errors = { ...(form.errors as Errors), ...(checked ? errorsOf(draft, shortest) : {}) };
  const change = (part: Partial<Draft>) => form.setValues(part);
  const { onSubmit, busy, problem } = useSubmit(form, (values) => saveRules(requestOf(values).body), {
    draft: "rules",
    onSuccess: (answer, sent) => {
      setChecked(false);
      client.setQueryData(keys.rules, answer);
      // What was changed in the meantime is yet to be saved.
      const unchanged = sameRules(form.getValues(), sent);
      if (unchanged) form.setValues(draftOf(answer));
      form.resetDirty(unchanged ? form.getValues() : sent);
      notifySuccess(t("Your hours are saved."));
    },
    onSettled: () => void client.invalidateQueries({ queryKey: keys.slots.all }),
    toErrors: (error, values) =>
      serverErrors(error, values, requestOf(values).sources) ?? { [WHOLE_FORM]: sentence(error) },
  });
  const offerAnew = () => {
    const fresh = newDraft(zone, shortest);
    setOffered(fresh);
    form.setValues(fresh);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        setChecked(true);
        onSubmit(event);
      }}
    >
      <LeaveGuard dirty={changed && !busy} />
      <Stack>
        {rules && <Outcome rules={rules} zone={zone} shortest={shortest} />}
        <section className="card" aria-labelledby="week-hours">
          <h2 id="week-hours" className={classes.heading}>
            {t("Weekly hours")}
          </h2>
          <Text c="dimmed" size="sm">
            {t("Drag on a day’s line to add, move or resize hours, or type them.")}
          </Text>
          <WeekHours weekly={draft.weekly} errors={errors} onChange={(weekly) => change({ weekly })} />
        </section>
        <section className="card" aria-labelledby="rule-settings">
          <h2 id="rule-settings" className={classes.heading}>
            {t("Sessions")}
          </h2>
          <RuleSettings draft={draft} shortest={shortest} errors={errors} onChange={change} />
        </section>
        <section className="card" aria-labelledby="exceptions">
          <h2 id="exceptions" className={classes.heading}>
            {t("Days off and special hours")}
          </h2>
          <ExceptionsEditor draft={draft} errors={errors} onChange={(exceptions) => change({ exceptions })} />
        </section>
        <div className={classes.bar}>
          <ErrorNote error={problem} />
          <Group justify="space-between">
            <Text size="sm" c="dimmed" role="status">
              {rules === null
                ? t("Not saved yet: seekers don’t see these hours.")
                : dirty
                  ? t("You have unsaved changes.")
                  : ""}
            </Text>
            <Group gap="sm">
              {rules && !dirty && <StopRules onRemoved={offerAnew} />}
              {saved && dirty && (
                <Button
                  variant="default"
                  onClick={() => {
                    form.setValues(saved);
                    form.resetDirty(saved);
                    setChecked(false);
                  }}
                >
                  {t("Discard changes")}
                </Button>
              )}
              <Button type="submit" loading={busy} disabled={!dirty}>
                {t("Save hours")}
              </Button>
            </Group>
          </Group>
        </div>
      </Stack>
    </form>
  );
}

/** What the saved rules give. */
function Outcome({ rules, zone, shortest }: { rules: Rules; zone: string; shortest: number }) {
  const { t } = useTranslation();
  const tooShort = lengthObjection(rules.slot_minutes, shortest);
  if (tooShort)
    return (
      <Note kind="wait" title={t("Your sessions are now too short")}>
        <p>{tooShort}</p>
        <p>{t("No more times are added from these hours until you choose a longer session.")}</p>
      </Note>
    );
  if (rules.slots === 0 || rules.next_slot === null)
    return (
      <Note kind="wait" title={t("No times can be booked from these hours")}>
        <p>
          {t("Nothing is available in the next {count, plural, one {# day} other {# days}}.", {
            count: rules.horizon_days,
          })}
        </p>
      </Note>
    );
  return (
    <Note kind="good">
      {t("{count, plural, one {# time is} other {# times are}} open for booking. The next one: {when}.", {
        count: rules.slots,
        when: dateTime(rules.next_slot, zone),
      })}
    </Note>
  );
}

/** Takes the rules away, after asking. */
function StopRules({ onRemoved }: { onRemoved: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const stop = useMutation({
    mutationFn: deleteRules,
    onSuccess: () => {
      client.setQueryData(keys.rules, null);
      onRemoved();
      notifySuccess(t("Your weekly hours are removed."));
    },
    onError: notifyError,
    onSettled: () => client.invalidateQueries({ queryKey: keys.slots.all }),
  });
  return (
    <>
      <Button variant="subtle" className="danger" onClick={() => setOpen(true)}>
        {t("Remove weekly hours")}
      </Button>
      <Dialog opened={open} onClose={() => setOpen(false)} title={t("Remove your weekly hours?")}>
        <Stack>
          <Text>
            {t(
              "Times from your weekly hours will no longer be offered. Bookings and times you added by hand stay.",
            )}
          </Text>
          <DialogActions busy={stop.isPending}>
            <Button variant="default" disabled={stop.isPending} onClick={() => setOpen(false)}>
              {t("Keep them")}
            </Button>
            <Button color="red.9" loading={stop.isPending} onClick={() => stop.mutate()}>
              {t("Remove")}
            </Button>
          </DialogActions>
        </Stack>
      </Dialog>
    </>
  );
}
