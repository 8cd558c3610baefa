import { Button } from "@mantine/core";
// eslint-disable-next-line no-restricted-syntax -- this is the one place
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

/** Thrown by `loadPart`; `NotLoadedPart` says it, and offers to reload. */
export class PartNotLoaded extends Error {
  override readonly name = "PartNotLoaded";
}

/** The same for code that something needs when it is done. Rejects with PartNotLoaded. */
export function loadPart<T>(load: () => Promise<T>): Promise<T> {
  return load().catch((cause: unknown) => {
    throw new PartNotLoaded("A part of the page did not come.", { cause });
  });
}

/** For parts that nobody misses at once. */
export function Nothing() {
  return null;
}

/** Says that a part of the page did not come, and why that may be. */
export function NotLoadedPart() {
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
