import type { ReactNode } from "react";
import classes from "./gallery.module.css";

/** The gallery itself is in English, whatever its components speak. */
export const english = { lang: "en", dir: "ltr" } as const;

/** A kind of component, or several that belong together. */
export function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} className={classes.section}>
      <h2 id={`${id}-title`} {...english}>
        {title}
      </h2>
      {children}
    </section>
  );
}

/** One of its states. `wide`: over the whole width. */
export function Specimen({ title, wide, children }: { title: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={classes.specimen} data-wide={wide || undefined}>
      <p className={classes.caption} {...english}>
        {title}
      </p>
      <div className={classes.stage}>{children}</div>
    </div>
  );
}

/** Specimens beside one another, as many as there is room for. */
export function Specimens({ children }: { children: ReactNode }) {
  return <div className={classes.specimens}>{children}</div>;
}

/** Names and what they stand for, one pair a line. */
export function Values({ of }: { of: readonly (readonly [string, string])[] }) {
  return (
    <dl className={classes.values}>
      {of.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
