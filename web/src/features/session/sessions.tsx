import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { CardTitle } from "@/components/ui/card-title";
import { Failure } from "@/components/ui/failure";
import { Chip } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { dateTime } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { endSession, fetchSessions } from "./api";
import { deviceName } from "./device";

/** Where this account is signed in, and a way to end each of these sessions. */
export function Sessions() {
  const { t } = useTranslation();
  const zone = useZone();
  const client = useQueryClient();
  const sessions = useQuery({ queryKey: keys.sessions, queryFn: fetchSessions });
  const end = useMutation({
    mutationFn: endSession,
    onSuccess: () => notifySuccess(t("That device is logged out.")),
    onError: notifyError,
    onSettled: () => client.invalidateQueries({ queryKey: keys.sessions }),
  });
  return (
    <section className="card" aria-labelledby="sessions" tabIndex={-1} data-rows data-row-add>
      <Stack>
        <CardTitle id="sessions">{t("Sessions")}</CardTitle>
        {sessions.isPending && <Skeleton height={60} />}
        {sessions.isLoadingError && <Failure error={sessions.error} retry={() => void sessions.refetch()} />}
        {sessions.data?.map((one) => (
          <Group key={one.id} justify="space-between">
            <div>
              <Text fw={600}>
                {deviceName(one.user_agent)} {one.current && <Chip kind="good">{t("This device")}</Chip>}
              </Text>
              <Text size="sm" c="dimmed">
                {t("Last used {time}", { time: dateTime(one.last_used_at, zone) })}
              </Text>
            </div>
            {!one.current && (
              <Button
                variant="default"
                data-row
                loading={end.isPending && end.variables === one.id}
                onClick={() => end.mutate(one.id)}
                aria-label={t("Log out {device}", { device: deviceName(one.user_agent) })}
              >
                {t("Log out")}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </section>
  );
}
