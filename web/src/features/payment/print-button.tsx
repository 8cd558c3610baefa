import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PrinterIcon } from "@/components/ui/icons";

/** Prints the page as it is; what `unprinted` marks stays on the screen. */
export function PrintButton() {
  const { t } = useTranslation();
  return (
    <Button size="sm" leftSection={<PrinterIcon size={16} />} onClick={() => window.print()}>
      {t("Print")}
    </Button>
  );
}
