import { Spoiler } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Avatar, fullName } from "@/components/ui/person";
import { Stars } from "@/components/ui/stars";
import { languageName } from "@/lib/i18n/numbers";
import { roundMoney } from "@/lib/money";
import type { Profile } from "./api";
import classes from "./profile-view.module.css";
import { VerifiedNote } from "./verified-note";

type Shown = Pick<
  Profile,
  | "first_name"
  | "last_name"
  | "headline"
  | "bio"
  | "expertise_tags"
  | "languages"
  | "hourly_rate"
  | "currency"
  | "average_rating"
  | "rating_count"
  | "photo_url"
  | "verified"
>;

/** In pixels: a longer biography is folded, so that the free times stay near. */
const LONGEST_BIO = 220;

/** A consultant as seekers see them; also the preview while the profile is edited. */
type Props = { profile: Shown; heading?: "h1" | "h2"; action?: ReactNode };

export function ProfileView({ profile, heading: Heading = "h1", action }: Props) {
  const { t } = useTranslation();
  return (
    <div>
      <div className={classes.top}>
        <Avatar person={profile} size={84} />
        <div className={classes.who}>
          <Heading className={classes.name}>{fullName(profile)}</Heading>
          <p className={classes.headline}>{profile.headline}</p>
          <div className={classes.facts}>
            <Stars average={profile.average_rating} count={profile.rating_count} />
            {profile.verified && <VerifiedNote firstName={profile.first_name} />}
            {profile.hourly_rate > 0 && (
              <span>
                <strong>{roundMoney(profile.hourly_rate, profile.currency)}</strong> {t("/ hour")}
              </span>
            )}
          </div>
        </div>
        {action}
      </div>
      <ul className={classes.tags} aria-label={t("Expertise")}>
        {profile.expertise_tags.map((tag) => (
          <li key={tag}>{tag}</li>
        ))}
      </ul>
      <Spoiler
        className={classes.bio ?? ""}
        classNames={{ control: classes.more ?? "" }}
        maxHeight={LONGEST_BIO}
        showLabel={t("Read more about {name}", { name: profile.first_name })}
        hideLabel={t("Show less about {name}", { name: profile.first_name })}
      >
        <p className="words">{profile.bio}</p>
      </Spoiler>
      {/* Below what the gateway paints, which does not know the languages' names. */}
      {profile.languages.length > 0 && (
        <p className={classes.languages}>
          {t("Speaks {languages}", { languages: profile.languages.map(languageName).join(", ") })}
        </p>
      )}
    </div>
  );
}
