import type { PopoverProps } from "@mantine/core";

/** Props of a popover that is at most as tall as the window leaves room for, and scrolls what does not fit. */
export const WITHIN_WINDOW = {
  middlewares: { flip: true, shift: true, size: true },
  styles: { dropdown: { overflowY: "auto" } },
} satisfies Partial<PopoverProps>;
