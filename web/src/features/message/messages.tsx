import { Button, Group, Skeleton, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failure } from "@/components/ui/failure";
import { ErrorNote } from "@/components/ui/note";
import type { Booking } from "@/features/booking/api";
import type { Side } from "@/features/booking/labels";
import { named, resetSent, useSubmit } from "@/lib/form";
import { t } from "@/lib/i18n/i18n";
import { useLiveInterval } from "@/lib/live";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { dateTime } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { type Message, fetchMessages, postMessage } from "./api";
import { Linked } from "./linked";
import classes from "./messages.module.css";
import { useMarkRead } from "./use-mark-read";

/** What the two write to each other about a booking; seen here, they are read. */
export function Messages({ booking, side }: { booking: Booking; side: Side }) {
  const { t } = useTranslation();
  const zone = useZone();
  const client = useQueryClient();
  const messages = useQuery({
    queryKey: keys.bookings.messages(booking.id),
    queryFn: () => fetchMessages(booking.id),
    refetchInterval: useLiveInterval(),
  });
  const unread = messages.data?.findLast((one) => one.author !== side && one.read_at === null)?.id;
  useMarkRead(booking.id, unread);
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: { body: "" },
    validate: { body: (value) => (value.trim() ? null : t("Enter a message")) },
  });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    ({ body }, key) => postMessage(booking.id, body.trim(), key),
    {
      draft: `message ${booking.id}`,
      onSuccess: (_, sent) => {
        resetSent(form, sent);
        void client.invalidateQueries({ queryKey: keys.bookings.messages(booking.id) });
      },
    },
  );
  return (
    <section className="card" aria-labelledby="messages">
      <h2 id="messages" className={classes.heading}>
        {t("Messages")}
      </h2>
      {messages.isPending && <Skeleton height={80} />}
      {messages.isLoadingError && <Failure error={messages.error} retry={() => void messages.refetch()} />}
      {messages.data?.length === 0 && <Text c="dimmed">{t("No messages yet.")}</Text>}
      {/* It comes with what has been written so far: only what is written from then on is read out. */}
      {messages.data && (
        <ol className={classes.list} aria-live="polite">
          {messages.data.map((one) => (
            <li key={one.id} data-mine={one.author === side || undefined}>
              <p className="words" dir="auto">
                <Linked text={one.body} />
              </p>
              <small>
                {t("{name}, {time}", {
                  name: authorName(one.author, booking, side),
                  time: dateTime(one.created_at, zone),
                })}
              </small>
            </li>
          ))}
        </ol>
      )}
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          <ErrorNote error={problem} />
          <Textarea
            label={t("Write a message")}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={4000}
            {...form.getInputProps("body")}
          />
          <Group justify="flex-end">
            <Button type="submit" variant="light" loading={busy}>
              {t("Send message")}
            </Button>
          </Group>
        </Stack>
      </form>
    </section>
  );
}

function authorName(author: Message["author"], booking: Booking, side: Side): string {
  if (author === side) return t("You");
  return author === "system" ? t("Automatic") : booking[author].first_name;
}
