import { NativeSelect, type NativeSelectProps } from "@mantine/core";
import { useConfig } from "@/lib/config";
import { t } from "@/lib/i18n/i18n";
import { type Language, LANGUAGES, isLanguage } from "@/lib/i18n/languages";
import { useLocale } from "@/lib/i18n/locale";
import { chooseLanguage, saveLanguage } from "@/lib/language";
import { notifyError } from "./notify";

/** The language of the app, each by its own name. It is kept in this browser and in the account of whoever is signed in. */
export function LanguageSelect(props: Omit<NativeSelectProps, "data" | "value" | "onChange">) {
  const language = useLocale((state) => state.language);
  const offered = useConfig()?.locales.filter(isLanguage) ?? [];
  return (
    <NativeSelect
      aria-label={props.label ? undefined : t("Language")}
      {...props}
      data={[...new Set([language, ...offered])].map((value) => ({ value, label: LANGUAGES[value].name }))}
      value={language}
      onChange={(event) => void choose(event.currentTarget.value as Language)}
    />
  );
}

async function choose(language: Language): Promise<void> {
  try {
    await chooseLanguage(language);
  } catch {
    notifyError(t("This language could not be loaded. Please check your connection and try again."));
    return;
  }
  await saveLanguage(language).catch(() =>
    notifyError(t("Your account could not be changed: e-mails stay in the previous language for now.")),
  );
}
