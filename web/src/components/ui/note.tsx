import type { ReactNode } from "react";
import { sentence } from "@/lib/api/problem";
import { AlertIcon, CheckIcon, InfoIcon } from "./icons";
import classes from "./note.module.css";

/** What a message or a state means to the reader, by its colour. */
export type Kind = "good" | "wait" | "bad" | "info" | "idle";
type Props = { kind: Kind; title?: string; children?: ReactNode; live?: boolean };

/** A message within a page. `live`: it comes while one looks on, so it is also read out. */
export function Note({ kind, title, children, live }: Props) {
  return (
    <div
      className={classes.note}
      data-kind={kind}
      role={live ? (kind === "bad" ? "alert" : "status") : undefined}
    >
      <span className={classes.icon}>
        {kind === "good" ? <CheckIcon /> : kind === "bad" || kind === "wait" ? <AlertIcon /> : <InfoIcon />}
      </span>
      <div className={classes.text}>
        {title && <p className={classes.title}>{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** What went wrong, in one sentence for people; nothing where nothing did. */
export function ErrorNote({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <Note kind="bad" live>
      {typeof error === "string" ? error : sentence(error)}
    </Note>
  );
}

/** A state in a word or two. */
export function Chip({ kind, children }: { kind: Kind; children: ReactNode }) {
  return (
    <span className={classes.chip} data-kind={kind}>
      {children}
    </span>
  );
}
