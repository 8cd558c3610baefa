import { Button, Stack, Text } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { Dialog, DialogActions } from "./dialog";

/** Asks before unsaved changes are left behind, by a link or by closing the tab. */
export function LeaveGuard({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [dirty]);
  const stay = () => blocker.reset?.();
  return (
    <Dialog opened={blocker.state === "blocked"} onClose={stay} title={t("Leave without saving?")}>
      <Stack>
        <Text>{t("You’ll lose your changes.")}</Text>
        <DialogActions>
          <Button variant="default" onClick={() => blocker.proceed?.()}>
            {t("Leave")}
          </Button>
          <Button onClick={stay} data-autofocus>
            {t("Keep editing")}
          </Button>
        </DialogActions>
      </Stack>
    </Dialog>
  );
}
