import { Link } from "react-router";
import { Avatar, fullName } from "@/components/ui/person";
import { ExpertAvatar } from "./expert-avatar";
import classes from "./person-cell.module.css";

type Props = {
  person: { id: string; first_name: string; last_name: string };
  to: string;
  /** Experts may have one, seekers have none. */
  hasPhoto?: boolean;
};

/** A person in a table, with the way to what the row is about. */
export function PersonCell({ person, to, hasPhoto }: Props) {
  return (
    <span className={classes.person}>
      {hasPhoto ? <ExpertAvatar expert={person} size={28} /> : <Avatar person={person} size={28} />}
      <Link to={to}>{fullName(person)}</Link>
    </span>
  );
}
