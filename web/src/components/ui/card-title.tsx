import type { ReactNode } from "react";
import classes from "./card-title.module.css";

/** What a card of a page is about. `id`: for the `aria-labelledby` of its section. */
export function CardTitle({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <h2 id={id} className={classes.title}>
      {children}
    </h2>
  );
}
