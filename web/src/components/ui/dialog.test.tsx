import { Button, TextInput } from "@mantine/core";
import { screen, waitFor } from "@testing-library/react";
import { type ReactNode, useState } from "react";
import { expect, it } from "vitest";
import { show } from "@/test/screen";
import { Dialog, DialogActions } from "./dialog";

function Opener({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Open</Button>
      <Dialog opened={open} onClose={() => setOpen(false)} title="A question">
        {children}
      </Dialog>
    </>
  );
}

async function opened(children: ReactNode) {
  const { user } = show(<Opener>{children}</Opener>);
  await user.click(screen.getByRole("button", { name: "Open" }));
  await screen.findByRole("dialog");
}

it("puts the focus on the first field that can be used, not on the button that closes it", async () => {
  await opened(
    <>
      <button disabled>Previous month</button>
      <TextInput label="Fixed" disabled />
      <TextInput label="Name" />
      <button>Send</button>
    </>,
  );
  await waitFor(() => expect(screen.getByLabelText("Name")).toHaveFocus());
});

it("puts it on its title where nothing can be used yet", async () => {
  await opened(<button disabled>Send</button>);
  await waitFor(() => expect(screen.getByRole("heading", { name: "A question" })).toHaveFocus());
});

it("cannot be closed while its request is under way", async () => {
  const { user } = show(<Asking />);
  const dialog = await screen.findByRole("dialog");
  await user.click(screen.getByRole("button", { name: "Send" }));
  await user.keyboard("{Escape}");
  expect(screen.getByRole("button", { name: "Close" })).toBeDisabled();
  expect(dialog).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Answer" }));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(dialog).not.toBeInTheDocument());
});

/** Its request is under way from "Send" to "Answer". */
function Asking() {
  const [open, setOpen] = useState(true);
  const [busy, setBusy] = useState(false);
  return (
    <Dialog opened={open} onClose={() => setOpen(false)} title="A question">
      <Button onClick={() => setBusy(false)}>Answer</Button>
      <DialogActions busy={busy}>
        <Button onClick={() => setBusy(true)}>Send</Button>
      </DialogActions>
    </Dialog>
  );
}
