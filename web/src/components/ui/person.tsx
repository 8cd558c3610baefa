import classes from "./person.module.css";

type Name = { first_name: string; last_name: string };

export function fullName(person: Name): string {
  return `${person.first_name} ${person.last_name}`.trim();
}

/** Initials on a colour that is always the same for the same name. Decoration: the name itself stands beside it. */
export function Avatar({ person, size = 44 }: { person: Name; size?: number }) {
  const name = fullName(person);
  let hue = 0;
  for (const letter of name) hue = (hue * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  const initials = [person.first_name, person.last_name]
    .map((part) => Array.from(part.trim())[0] ?? "")
    .join("")
    .toUpperCase();
  return (
    <span
      aria-hidden="true"
      className={classes.avatar}
      style={{ width: size, height: size, fontSize: size * 0.38, background: `hsl(${hue} 45% 32%)` }}
    >
      {initials}
    </span>
  );
}
