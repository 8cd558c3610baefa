import { Button } from "@mantine/core";
import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { useTranslation } from "react-i18next";
import { Note } from "./note";

/**
 * A part of a screen that is loaded when it is needed. Where its file does not come (the network is down, or a new release
 * has replaced it) the rest of the screen stays as it is, with all that was typed, and `instead` stands in its place.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as `lazy` itself is typed
export function lazyPart<T extends ComponentType<any>>(
  load: () => Promise<{ default: T }>,
  instead: ComponentType = NotLoadedPart,
): LazyExoticComponent<T | ComponentType> {
  return lazy<T | ComponentType>(() => load().catch(() => ({ default: instead })));
}

/** For parts that nobody misses at once. */
export function Nothing() {
  return null;
}

function NotLoadedPart() {
  const { t } = useTranslation();
  return (
    <Note kind="bad" live>
      <p>{t("This page could not be loaded. Your connection may be down, or there is a new version.")}</p>
      <Button variant="default" size="compact-sm" onClick={() => location.reload()}>
        {t("Reload")}
      </Button>
    </Note>
  );
}
