import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Note } from "@/components/ui/note";

/** Asked in a second tab: the call is in one of them at a time. */
export function TakeOver({ onMove }: { onMove: () => void }) {
  const { t } = useTranslation();
  return (
    <Note kind="info" live title={t("You’re in this call in another tab")}>
      <p>{t("A call can be open in one tab at a time. Move it here to continue in this tab.")}</p>
      <Button size="sm" onClick={onMove}>
        {t("Move the call here")}
      </Button>
    </Note>
  );
}
