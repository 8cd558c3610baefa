import { Group, Modal, type ModalProps } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import classes from "./dialog.module.css";

type Props = Pick<ModalProps, "opened" | "onClose" | "title" | "size" | "children">;

const FIRST = "input:not([type=hidden]), textarea, select, button, a[href]";

/**
 * A dialog: the whole screen on phones, with its buttons always in sight (`DialogActions`). The focus goes to the first
 * field or button of what it asks, or else to its title, not to the button that closes it.
 */
export function Dialog({ children, ...props }: Props) {
  const { t } = useTranslation();
  const phone = useMediaQuery("(max-width: 36em)", false, { getInitialValueInEffect: false });
  const content = useRef<HTMLDivElement>(null);
  const focusFirst = () => {
    if (content.current?.contains(document.activeElement)) return;
    const first = content.current?.querySelector<HTMLElement>(FIRST);
    const title = content.current?.closest("[role=dialog]")?.querySelector<HTMLElement>("h2");
    (first ?? title)?.focus();
  };
  return (
    <Modal
      {...props}
      fullScreen={phone ?? false}
      onEnterTransitionEnd={focusFirst}
      closeButtonProps={{ "aria-label": t("Close") }}
      // Its header is not the page's banner.
      attributes={{ header: { role: "presentation" }, title: { tabIndex: -1 } }}
    >
      <div ref={content}>{children}</div>
    </Modal>
  );
}

/** A dialog's buttons, the main one last; on phones at the bottom edge of the screen. */
export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <Group justify="flex-end" className={classes.actions ?? ""}>
      {children}
    </Group>
  );
}
