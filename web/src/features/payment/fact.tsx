import type { ReactNode } from "react";

/** A line of a document: what it is, and its value. */
export function Fact({ name, main, children }: { name: string; main?: boolean; children: ReactNode }) {
  return (
    <div data-main={main || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
