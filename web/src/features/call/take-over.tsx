import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Note } from "@/components/ui/note";

/** Asked in a second tab: the call is in one of them at a time. */
export function TakeOver({ onMove }: { onMove: () => void }) {
  const { t } = useTranslation();
  return (
    <Note kind="live" live title={t("You are in this call in another tab")}>
      <p>{t("A call can be in one tab at a time. It goes on there unless you move it.")}</p>
      <Button size="sm" onClick={onMove}>
        {t("Move the call here")}
      </Button>
    </Note>
  );
}
