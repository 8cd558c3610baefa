import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useBrandName } from "@/lib/config";
import classes from "./page.module.css";

type Props = {
  title: string;
  /** Under the title: one sentence. */
  lead?: ReactNode;
  /** Beside the title: what one mostly comes here to do. */
  action?: ReactNode;
  /** For forms: a column that one can read. */
  narrow?: boolean;
  children: ReactNode;
};

/** A page's frame: its title in the window and on the page, one width everywhere. */
export function Page({ title, lead, action, narrow, children }: Props) {
  const brand = useBrandName();
  return (
    <div className={classes.page} data-narrow={narrow || undefined}>
      <title>{`${title} · ${brand}`}</title>
      <header className={classes.head}>
        <div>
          <Title order={1}>{title}</Title>
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {action}
      </header>
      {children}
    </div>
  );
}
