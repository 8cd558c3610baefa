import { Skeleton, Text } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/components/ui/failure";
import { LoadMore } from "@/components/ui/load-more";
import { Score } from "@/components/ui/stars";
import { useInfiniteQuery } from "@/lib/query";
import { date } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { Reply } from "@/features/rating/reply";
import { ratingsQuery } from "./queries";
import classes from "./ratings.module.css";

/** What seekers said after their sessions, newest first. */
export function Ratings({ expertId, expertName }: { expertId: string; expertName: string }) {
  const { t } = useTranslation();
  const zone = useZone();
  const title = useId();
  const ratings = useInfiniteQuery(ratingsQuery(expertId));
  const all = ratings.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby={title}>
      <h2 id={title} className={classes.title}>
        {t("What seekers say")}
      </h2>
      {ratings.isPending && <Skeleton height={90} radius={12} />}
      {ratings.isLoadingError && <Failure error={ratings.error} retry={() => void ratings.refetch()} />}
      {ratings.data && all.length === 0 && (
        <Text c="dimmed">{t("No ratings yet. Only people who had a session can leave one.")}</Text>
      )}
      <ul className={classes.list}>
        {all.map((rating, index) => (
          <li key={`${rating.created_at}-${index}`}>
            <div className={classes.head}>
              <Score score={rating.score} />
              <strong>{rating.seeker_first_name}</strong>
              <span>{date(rating.created_at, zone)}</span>
            </div>
            {rating.comment && <p className="words">{rating.comment}</p>}
            {rating.reply && <Reply by={expertName} reply={rating.reply} />}
          </li>
        ))}
      </ul>
      <LoadMore list={ratings}>{t("Show more ratings")}</LoadMore>
    </section>
  );
}
