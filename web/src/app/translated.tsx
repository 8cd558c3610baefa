import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";

/**
 * The same screen, rendered again when the reader chooses another language: below it texts, dates and numbers are also
 * read outside of hooks. It is not mounted anew, so what is typed stays, and a call goes on.
 */
export function translated(Screen: ComponentType): ComponentType {
  return function Translated() {
    useTranslation();
    return <Screen />;
  };
}
