import { Button, Stack, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import type { Booking } from "@/features/booking/api";
import { named, useSubmit } from "@/lib/form";
import { keys } from "@/lib/query-keys";
import { date } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { replyToRating } from "./api";
import classes from "./reply.module.css";

const LONGEST = 1000;

/** The consultant's answer to a rating, in public and given once. */
export function ReplyForm({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: { body: "" },
    validate: { body: (value) => (value.trim() ? null : t("Enter a reply")) },
  });
  const { onSubmit, busy, problem } = useSubmit(
    form,
    ({ body }, key) => replyToRating(booking.id, body.trim(), key),
    {
      draft: `reply ${booking.id}`,
      once: true,
      onSuccess: () => {
        notifySuccess(t("Your reply is published."));
        void client.invalidateQueries({ queryKey: keys.bookings.all });
        void client.invalidateQueries({ queryKey: keys.directory.all });
      },
    },
  );
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="sm">
        <ErrorNote error={problem} />
        <Textarea
          label={t("Your reply")}
          description={t(
            "Shown below the rating on your page. You can reply once, and can’t change it later.",
          )}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={LONGEST}
          {...form.getInputProps("body")}
        />
        <Button type="submit" variant="default" loading={busy} style={{ alignSelf: "flex-end" }}>
          {t("Publish reply")}
        </Button>
      </Stack>
    </form>
  );
}

/** A reply below its rating. */
export function Reply({ by, reply }: { by: string; reply: { body: string; created_at: string } }) {
  const { t } = useTranslation();
  const zone = useZone();
  return (
    <div className={classes.reply}>
      <p className={classes.by}>
        {t("Reply from {name}", { name: by })} <span>{date(reply.created_at, zone)}</span>
      </p>
      <p className="words">{reply.body}</p>
    </div>
  );
}
