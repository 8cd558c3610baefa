import { Avatar } from "@/components/ui/person";
import { ExpertCard } from "@/features/directory/expert-card";
import { FilterBar } from "@/features/directory/filter-bar";
import { NO_FILTERS } from "@/features/directory/filters";
import { ProfileView } from "@/features/directory/profile-view";
import { Ratings } from "@/features/directory/ratings";
import classes from "./gallery.module.css";
import { ADA, EXPERT, GRETA, NEW_EXPERT, PHOTO } from "./samples";
import { Section, Specimen, Specimens } from "./section";

const SIZES = [28, 44, 84];

export function Experts() {
  return (
    <Section id="experts" title="Experts">
      <Specimens>
        <Specimen title="Photo: there, missing, broken">
          <div className={classes.row}>
            {SIZES.map((size) => (
              <Avatar key={size} person={{ ...ADA, photo_url: PHOTO }} size={size} />
            ))}
            {SIZES.map((size) => (
              <Avatar key={size} person={GRETA} size={size} />
            ))}
            <Avatar person={{ ...ADA, photo_url: "data:image/png;base64,broken" }} />
          </div>
        </Specimen>
        <Specimen title="Card: verified, many tags">
          <ExpertCard expert={EXPERT} />
        </Specimen>
        <Specimen title="Card: new, long words, no times">
          <ExpertCard expert={NEW_EXPERT} />
        </Specimen>
        <Specimen title="Search and filters: none" wide>
          <FilterBar filters={NO_FILTERS} onChange={() => undefined} />
        </Specimen>
        <Specimen title="Search and filters: some" wide>
          <FilterBar
            filters={{ ...NO_FILTERS, search: "postgres", rating: 4, maxRate: 150 }}
            onChange={() => undefined}
          />
        </Specimen>
        <Specimen title="Profile: verified, folded biography" wide>
          <ProfileView heading="h2" profile={EXPERT} />
        </Specimen>
        <Specimen title="Profile: new" wide>
          <ProfileView heading="h2" profile={{ ...NEW_EXPERT, bio: "Twenty years of contracts." }} />
        </Specimen>
        <Specimen title="Ratings: with a reply, without a comment, more to come">
          <Ratings expertId={ADA.id} expertName={ADA.first_name} />
        </Specimen>
        <Specimen title="Ratings: none yet">
          <Ratings expertId={GRETA.id} expertName={GRETA.first_name} />
        </Specimen>
      </Specimens>
    </Section>
  );
}
