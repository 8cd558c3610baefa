import { Button, Stack, Text } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { Dialog, DialogActions } from "./dialog";

type Props = {
  /** Whether leaving the page would lose something now. */
  when: boolean;
  question: string;
  /** What would be lost. */
  text: string;
  /** What the two answers are called. */
  leave: string;
  stay: string;
};

/** Asks before the page is left, by a link, by going back or by closing the tab. */
export function AskBeforeLeaving({ when, question, text, leave, stay }: Props) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => when && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!when) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [when]);
  const reset = () => blocker.reset?.();
  return (
    <Dialog opened={blocker.state === "blocked"} onClose={reset} title={question}>
      <Stack>
        <Text>{text}</Text>
        <DialogActions>
          <Button variant="default" onClick={() => blocker.proceed?.()}>
            {leave}
          </Button>
          <Button onClick={reset} data-autofocus>
            {stay}
          </Button>
        </DialogActions>
      </Stack>
    </Dialog>
  );
}

/** Asks before unsaved changes are left behind. */
export function LeaveGuard({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation();
  return (
    <AskBeforeLeaving
      when={dirty}
      question={t("Leave without saving?")}
      text={t("You’ll lose your changes.")}
      leave={t("Leave")}
      stay={t("Keep editing")}
    />
  );
}
