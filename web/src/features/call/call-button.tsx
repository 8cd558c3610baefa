import { ActionIcon, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./call-button.module.css";

type Props = {
  label: string;
  /** What the button stands for is off. */
  off?: boolean;
  /** What the button stands for is on, which is not the rule. */
  on?: boolean;
  danger?: boolean;
  onClick: () => void;
  children: ReactNode;
};

/** A round button on a picture. */
export function CallButton({ label, off, on, danger, onClick, children }: Props) {
  return (
    <Tooltip label={label} withArrow>
      <ActionIcon
        size={44}
        radius="xl"
        className={classes.button ?? ""}
        data-off={off || undefined}
        data-on={on || undefined}
        data-danger={danger || undefined}
        aria-label={label}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
