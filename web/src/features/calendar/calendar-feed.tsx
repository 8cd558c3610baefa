import { Button, CopyButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CardTitle } from "@/components/ui/card-title";
import { Note } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { Intent } from "@/lib/api/intent";
import { createFeed, removeFeed } from "./api";

/** The secret address under which calendar programs find one's bookings: shown when it is made, and never again. */
export function CalendarFeed() {
  const { t } = useTranslation();
  const [intent] = useState(() => new Intent());
  const create = useMutation({ mutationFn: () => intent.run(null, createFeed), onError: notifyError });
  const remove = useMutation({
    mutationFn: removeFeed,
    onSuccess: () => {
      create.reset();
      notifySuccess(t("The address no longer works."));
    },
    onError: notifyError,
  });
  return (
    <section className="card" aria-labelledby="calendar-feed">
      <Stack>
        <CardTitle id="calendar-feed">{t("Your bookings in your calendar")}</CardTitle>
        <Text size="sm" c="dimmed">
          {t(
            "Subscribe to this address in your calendar program, and it always shows your bookings. Keep it secret: anyone who has it can see them. A new address replaces the one before.",
          )}
        </Text>
        {create.data && <Address url={create.data.url} />}
        <Group justify="flex-end">
          <Button
            variant="default"
            className="danger"
            loading={remove.isPending}
            disabled={create.isPending}
            onClick={() => remove.mutate()}
          >
            {t("End subscription")}
          </Button>
          <Button loading={create.isPending} disabled={remove.isPending} onClick={() => create.mutate()}>
            {t("Create a new address")}
          </Button>
        </Group>
      </Stack>
    </section>
  );
}

function Address({ url }: { url: string }) {
  const { t } = useTranslation();
  return (
    <>
      <Note kind="wait" live>
        {t("Copy this address now. It is shown only once.")}
      </Note>
      <Group align="flex-end" gap="xs">
        <TextInput
          label={t("Address of your calendar")}
          value={url}
          readOnly
          dir="ltr"
          style={{ flex: 1 }}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton value={url}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? t("Copied") : t("Copy address")}
            </Button>
          )}
        </CopyButton>
      </Group>
    </>
  );
}
