import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { StarsInput } from "@/components/ui/stars";
import type { Booking } from "@/features/booking/api";
import { named, useSubmit } from "@/lib/form";
import { keys } from "@/lib/query-keys";
import { rateSession } from "./api";

/** The seeker's rating of a completed session; given once. */
export function RateSession({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: { score: 0, comment: "" },
    validate: { score: (value) => (value > 0 ? null : t("Choose one to five stars.")) },
  });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    ({ score, comment }, key) => rateSession(booking.id, score, comment.trim(), key),
    {
      draft: `rating ${booking.id}`,
      once: true,
      onSuccess: () => notifySuccess(t("Thank you for your rating.")),
      onSettled: () => {
        void client.invalidateQueries({ queryKey: keys.bookings.all });
        void client.invalidateQueries({ queryKey: keys.directory.all });
      },
    },
  );
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <StarsInput {...form.getInputProps("score")} value={form.values.score} />
        <Textarea
          label={t("Your comment")}
          description={t("Optional. Shown on {name}’s page with your first name", {
            name: booking.consultant.first_name,
          })}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={2000}
          {...form.getInputProps("comment")}
        />
        <ErrorNote error={problem} />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t("Send rating")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
