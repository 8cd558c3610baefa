// eslint-disable-next-line no-restricted-syntax -- this is the one place
import { Group, Modal, type ModalProps } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, createContext, useContext, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./dialog.module.css";

type Props = Pick<ModalProps, "opened" | "onClose" | "title" | "size" | "children">;

// A combobox opens its list when it has the focus, over what the dialog shows.
const FIRST =
  "input:enabled:not([type=hidden], [role=combobox]), textarea:enabled, select:enabled, button:enabled, a[href]";

/** Tells the dialog around that a request is under way, or no longer. */
const SetBusy = createContext<(busy: boolean) => void>(() => undefined);

/**
 * A dialog: the whole screen on phones, with its buttons always in sight (`DialogActions`). The focus goes to the first
 * field or button of what it asks, or else to its title, not to the button that closes it. It stays while its request is
 * under way, since the answer is shown in it.
 */
export function Dialog({ children, onClose, ...props }: Props) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const phone = useMediaQuery("(max-width: 36em)", false, { getInitialValueInEffect: false });
  return (
    <Modal
      {...props}
      onClose={() => {
        if (!busy) onClose();
      }}
      fullScreen={phone ?? false}
      closeButtonProps={{ "aria-label": t("Close"), disabled: busy }}
      // Its header is not the page's banner.
      attributes={{ header: { role: "presentation" }, title: { tabIndex: -1 } }}
    >
      <SetBusy value={setBusy}>
        <Content>{children}</Content>
      </SetBusy>
    </Modal>
  );
}

/** Marks what Mantine's focus trap looks for before it takes the first button, which closes the dialog. */
function Content({ children }: { children: ReactNode }) {
  const content = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const here = content.current;
    if (!here || here.querySelector("[data-autofocus]")) return;
    const first = here.querySelector(FIRST) ?? here.closest("[role=dialog]")?.querySelector("h2");
    first?.setAttribute("data-autofocus", "true");
  }, []);
  return <div ref={content}>{children}</div>;
}

/** Keeps the dialog around, if there is one, from being closed as long as the request of what calls this is under way. */
export function useDialogBusy(busy: boolean): void {
  const setBusy = useContext(SetBusy);
  // Before anybody can click again.
  useLayoutEffect(() => {
    setBusy(busy);
    return () => setBusy(false);
  }, [busy, setBusy]);
}

type ActionsProps = {
  /** Whether the request of this dialog is under way. */
  busy?: boolean;
  children: ReactNode;
};

/** A dialog’s buttons, the main one last: in sight, however long the dialog is. */
export function DialogActions({ busy = false, children }: ActionsProps) {
  useDialogBusy(busy);
  return (
    <Group justify="flex-end" className={classes.actions ?? ""}>
      {children}
    </Group>
  );
}
