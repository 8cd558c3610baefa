import { Button, CopyButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CardTitle } from "@/components/ui/card-title";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { Note } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { Intent } from "@/lib/api/intent";
import { createFeed, removeFeed } from "./api";

/** The secret address under which calendar programs find one's bookings: shown when it is made, and never again. */
export function CalendarFeed() {
  const { t } = useTranslation();
  const [intent] = useState(() => new Intent());
  // Whether there is an address already is not known: both put an end to one that may be in use.
  const [asking, setAsking] = useState<"new" | "end" | null>(null);
  const close = () => setAsking(null);
  const create = useMutation({ mutationFn: () => intent.run(null, createFeed), onError: notifyError });
  const remove = useMutation({
    mutationFn: removeFeed,
    onSuccess: () => {
      create.reset();
      notifySuccess(t("The address no longer works."));
    },
    onError: notifyError,
  });
  const busy = create.isPending || remove.isPending;
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
          <Button variant="default" className="danger" onClick={() => setAsking("end")}>
            {t("End subscription")}
          </Button>
          <Button onClick={() => setAsking("new")}>{t("Create a new address")}</Button>
        </Group>
      </Stack>
      <Dialog
        opened={asking !== null}
        onClose={close}
        title={asking === "new" ? t("Create a new address?") : t("End the subscription?")}
      >
        <Stack>
          <Text>
            {t("Calendar programs that use the address you have now will no longer get your bookings.")}
          </Text>
          <DialogActions busy={busy}>
            <Button variant="default" disabled={busy} onClick={close}>
              {t("Not now")}
            </Button>
            <Button
              loading={busy}
              onClick={() => (asking === "new" ? create : remove).mutate(undefined, { onSettled: close })}
            >
              {asking === "new" ? t("Create address") : t("End it")}
            </Button>
          </DialogActions>
        </Stack>
      </Dialog>
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
