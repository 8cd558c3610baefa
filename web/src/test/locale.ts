/** Tests read British English, whatever the machine speaks. */
import "@/lib/i18n/i18n";
import { useLocale } from "@/lib/i18n/locale";

useLocale.setState({ language: "en", locale: "en-GB" });
