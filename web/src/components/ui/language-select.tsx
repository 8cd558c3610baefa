import { NativeSelect, type NativeSelectProps } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSession } from "@/lib/api/session";
import { useConfig } from "@/lib/config";
import { chooseLanguage } from "@/lib/i18n/i18n";
import { type Language, LANGUAGES, isLanguage } from "@/lib/i18n/languages";
import { useLocale } from "@/lib/i18n/locale";
import { notifyError } from "./notify";

/** The language of the app, each by its own name. It is kept in this browser, for whoever is signed in. */
export function LanguageSelect(props: Omit<NativeSelectProps, "data" | "value" | "onChange">) {
  const { t } = useTranslation();
  const language = useLocale((state) => state.language);
  const userId = useSession((state) => state.user?.id ?? null);
  const offered = useConfig()?.locales.filter(isLanguage) ?? [];
  const choose = (chosen: Language) =>
    void chooseLanguage(chosen, userId).catch(() =>
      notifyError(t("This language could not be loaded. Please check your connection and try again.")),
    );
  return (
    <NativeSelect
      aria-label={props.label ? undefined : t("Language")}
      {...props}
      data={[...new Set([language, ...offered])].map((value) => ({ value, label: LANGUAGES[value].name }))}
      value={language}
      onChange={(event) => choose(event.currentTarget.value as Language)}
    />
  );
}
