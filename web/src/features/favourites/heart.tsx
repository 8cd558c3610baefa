import { ActionIcon } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { HeartIcon, HeartLineIcon } from "@/components/ui/icons";
import { fullName } from "@/components/ui/person";
import type { Expert } from "@/features/directory/api";
import { useFavourites, useToggleFavourite } from "./use-favourites";
import classes from "./heart.module.css";

/** Whether the seeker keeps this expert, and the button that changes it; nothing for anybody else. */
export function Heart({ expert }: { expert: Expert }) {
  const { t } = useTranslation();
  const { data } = useFavourites();
  const toggle = useToggleFavourite(expert);
  if (!data) return null;
  const kept = data.some((one) => one.consultant_id === expert.consultant_id);
  return (
    <ActionIcon
      className={classes.heart ?? ""}
      variant="subtle"
      size={40}
      data-row
      radius="xl"
      aria-label={t("Keep {name} in your favourites", { name: fullName(expert) })}
      aria-pressed={kept}
      onClick={() => toggle.mutate(!kept)}
    >
      {kept ? <HeartIcon size={22} /> : <HeartLineIcon size={22} />}
    </ActionIcon>
  );
}
