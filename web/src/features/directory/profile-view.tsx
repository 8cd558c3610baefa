import { Avatar, fullName } from "@/components/ui/person";
import { Stars } from "@/components/ui/stars";
import { roundMoney } from "@/lib/money";
import type { Profile } from "./api";
import { languageName } from "./languages";
import classes from "./profile-view.module.css";

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
>;

/** A consultant as seekers see them; also the preview while the profile is edited. */
export function ProfileView({ profile, heading: Heading = "h1" }: { profile: Shown; heading?: "h1" | "h2" }) {
  return (
    <div>
      <div className={classes.top}>
        <Avatar person={profile} size={84} />
        <div className={classes.who}>
          <Heading className={classes.name}>{fullName(profile)}</Heading>
          <p className={classes.headline}>{profile.headline}</p>
          <div className={classes.facts}>
            <Stars average={profile.average_rating} count={profile.rating_count} />
            {profile.hourly_rate > 0 && (
              <span>
                <strong>{roundMoney(profile.hourly_rate, profile.currency)}</strong> / hour
              </span>
            )}
            {profile.languages.length > 0 && (
              <span>Speaks {profile.languages.map(languageName).join(", ")}</span>
            )}
          </div>
        </div>
      </div>
      <ul className={classes.tags} aria-label="Expertise">
        {profile.expertise_tags.map((tag) => (
          <li key={tag}>{tag}</li>
        ))}
      </ul>
      <p className={`words ${classes.bio}`}>{profile.bio}</p>
    </div>
  );
}
