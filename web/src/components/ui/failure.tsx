import { Button, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { sentence } from "@/lib/api/problem";
import { AlertIcon } from "./icons";
import classes from "./failure.module.css";

/** A part of a page that could not be loaded: why, and a way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.box} role="alert">
      <span className={classes.bad}>
        <AlertIcon size={28} />
      </span>
      <Text>{sentence(error)}</Text>
      {retry && (
        <Button variant="default" onClick={retry}>
          {t("Try again")}
        </Button>
      )}
    </div>
  );
}

/** A list with nothing in it: what would be here, and what to do about it. */
export function Empty({ icon, title, children }: { icon: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className={classes.box}>
      <span className={classes.good}>{icon}</span>
      <Stack gap={6} align="center">
        <Title order={2} size="h4">
          {title}
        </Title>
        {children}
      </Stack>
    </div>
  );
}
