import { Button, Skeleton, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty, Failure } from "@/components/ui/failure";
import { HeartLineIcon } from "@/components/ui/icons";
import { Page } from "@/components/ui/page";
import { ExpertCard } from "@/features/directory/expert-card";
import { Heart } from "@/features/favourites/heart";
import { useFavourites } from "@/features/favourites/use-favourites";
import classes from "./directory.module.css";

/** The experts that a seeker keeps. */
export function Component() {
  const { t } = useTranslation();
  const favourites = useFavourites();
  return (
    <Page title={t("Favourites")} lead={t("Experts you want to find again.")}>
      <div data-rows>
        {favourites.isPending && <Skeleton height={234} radius={14} />}
        {favourites.isLoadingError && (
          <Failure error={favourites.error} retry={() => void favourites.refetch()} />
        )}
        {favourites.data?.length === 0 && (
          <Empty icon={<HeartLineIcon size={28} />} title={t("No favourites yet")}>
            <Text c="dimmed">{t("Tap the heart next to an expert to save them here.")}</Text>
            <Button component={Link} to="/find" data-row-add>
              {t("Find an expert")}
            </Button>
          </Empty>
        )}
        <div className={classes.grid}>
          {favourites.data?.map((expert) => (
            <ExpertCard key={expert.consultant_id} expert={expert} action={<Heart expert={expert} />} />
          ))}
        </div>
      </div>
    </Page>
  );
}
