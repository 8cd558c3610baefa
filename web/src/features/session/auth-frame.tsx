import { Anchor, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link, useLocation } from "react-router";
import { useBrandName } from "@/lib/config";
import classes from "./auth-frame.module.css";

type Props = { title: string; question: string; to: string; answer: string; children: ReactNode };

/** What log-in and registration share: one card in the middle, and the way to the other. */
export function AuthFrame({ title, question, to, answer, children }: Props) {
  const brand = useBrandName();
  const { search } = useLocation();
  return (
    <div className={classes.frame}>
      <title>{`${title} · ${brand}`}</title>
      <div className="card">
        <Title order={1} mb="lg">
          {title}
        </Title>
        {children}
      </div>
      <p>
        {question}{" "}
        <Anchor component={Link} to={to + search} underline="always">
          {answer}
        </Anchor>
      </p>
    </div>
  );
}
