import { Skeleton, Stack, Switch, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failure } from "@/components/ui/failure";
import { notifyError } from "@/components/ui/notify";
import { msg } from "@/lib/i18n/i18n";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { type Preferences, fetchPreferences, savePreferences } from "./api";
import classes from "./preferences.module.css";

type Kind = keyof Preferences["email"];

const KINDS: Record<Kind, { label: string; about: string }> = {
  bookings: {
    label: msg("Bookings"),
    about: msg("Requests, answers, new times, and waitlist openings"),
  },
  reminders: { label: msg("Reminders"), about: msg("Before each session") },
  messages: { label: msg("Messages"), about: msg("Messages you haven’t read within five minutes") },
  payments: { label: msg("Payments"), about: msg("Receipts and payouts") },
  ratings: { label: msg("Ratings"), about: msg("Rating requests and new ratings") },
};

/** Which e-mails one gets: each switch is saved at once. */
export function NotificationPreferences() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const key = keys.notifications.preferences;
  const preferences = useQuery({ queryKey: key, queryFn: fetchPreferences });
  const save = useMutation({
    mutationFn: savePreferences,
    // Shown at once, and taken back if the server refuses.
    onMutate: async (wanted) => {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData<Preferences>(key);
      client.setQueryData(key, wanted);
      return before;
    },
    onError: (error, _, before) => {
      client.setQueryData(key, before);
      notifyError(error);
    },
    onSettled: () => client.invalidateQueries({ queryKey: key }),
    scope: { id: "notification-preferences" },
  });
  if (preferences.isPending) return <Skeleton height={320} radius={14} />;
  if (preferences.isLoadingError)
    return <Failure error={preferences.error} retry={() => void preferences.refetch()} />;
  const { email } = preferences.data;
  return (
    <section className="card" aria-labelledby="e-mails">
      <Stack gap="sm">
        <h2 id="e-mails" className={classes.heading}>
          {t("E-mails")}
        </h2>
        <ul className={classes.kinds}>
          {(Object.keys(KINDS) as Kind[]).map((kind) => (
            <li key={kind}>
              <Switch
                label={t(KINDS[kind].label)}
                description={t(KINDS[kind].about)}
                name={kind}
                checked={email[kind]}
                onChange={(event) => {
                  const now = client.getQueryData<Preferences>(key) ?? preferences.data;
                  save.mutate({ email: { ...now.email, [kind]: event.currentTarget.checked } });
                }}
              />
            </li>
          ))}
        </ul>
        <Text size="sm" c="dimmed">
          {t(
            "We always send what you need to know or act on: failed payments, cancellations, and changes to your address or password. In the app, you’re notified of everything.",
          )}
        </Text>
      </Stack>
    </section>
  );
}
