import { useState } from "react";
import classes from "./person.module.css";

type Name = { first_name: string; last_name: string };
type Person = Name & { photo_url?: string | null };

export function fullName(person: Name): string {
  return `${person.first_name} ${person.last_name}`.trim();
}

/** The sides in which the server keeps a photo, in pixels; its address names the largest. */
const SIDES = [96, 256, 640];

/** The address of a photo in the smallest size that is sharp at `size` on a dense screen. */
export function photoAt(url: string, size: number): string {
  const side = SIDES.find((one) => one >= size * 2) ?? 640;
  return url.replace(/\.640\.webp$/, `.${side}.webp`);
}

/**
 * The photo, or else initials on a colour that is always the same for the same name. Decoration: the name itself stands
 * beside it.
 */
export function Avatar({ person, size = 44 }: { person: Person; size?: number }) {
  const [broken, setBroken] = useState<string | null>(null);
  const photo = person.photo_url;
  if (photo && photo !== broken)
    return (
      <img
        className={classes.photo}
        src={photoAt(photo, size)}
        alt=""
        width={size}
        height={size}
        loading="lazy"
        decoding="async"
        onError={() => setBroken(photo)}
      />
    );
  return <Initials person={person} size={size} />;
}

function Initials({ person, size }: { person: Name; size: number }) {
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
