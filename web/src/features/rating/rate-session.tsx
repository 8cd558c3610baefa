import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { StarsInput } from "@/components/ui/stars";
import type { Booking } from "@/features/booking/api";
import { Intent } from "@/lib/api/intent";
import { sentence } from "@/lib/api/problem";
import { keys } from "@/lib/query-keys";
import { rateSession } from "./api";

/** The seeker's rating of a completed session; given once. */
export function RateSession({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [score, setScore] = useState(0);
  const [comment, setComment] = useState("");
  const [missing, setMissing] = useState(false);
  const [intent] = useState(() => new Intent());
  const rate = useMutation({
    mutationFn: (wanted: { score: number; comment: string }) =>
      intent.run(wanted, (key) => rateSession(booking.id, wanted.score, wanted.comment, key)),
    onSuccess: () => notifySuccess(t("Thank you for your rating.")),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.bookings.all });
      void client.invalidateQueries({ queryKey: keys.directory.all });
    },
  });
  // Also after the answer, until the page shows the rating in this form's place.
  const sent = rate.isPending || rate.isSuccess;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(score === 0);
        if (score > 0 && !sent) rate.mutate({ score, comment: comment.trim() });
      }}
    >
      <Stack>
        <StarsInput
          value={score}
          onChange={(value) => {
            setScore(value);
            setMissing(false);
          }}
        />
        {missing && (
          <Note kind="bad" live>
            {t("Choose one to five stars.")}
          </Note>
        )}
        <Textarea
          label={t("Your comment")}
          description={t("Optional. Shown on {name}’s page with your first name", {
            name: booking.consultant.first_name,
          })}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={2000}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        {rate.isError && (
          <Note kind="bad" live>
            {sentence(rate.error)}
          </Note>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={sent}>
            {t("Send rating")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
