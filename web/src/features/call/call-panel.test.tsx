import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { booking, seeker, signedIn } from "@/test/people";
import { server } from "@/test/server";
import { show } from "@/test/screen";
import { CallPanel } from "./call-panel";

it("keeps the keyboard’s place when the button that was pressed disappears", async () => {
  signedIn(seeker);
  server({});
  const { user } = show(<CallPanel booking={booking({ status: "confirmed" })} side="seeker" />);
  const start = screen.getByRole("button", { name: "Set up camera and microphone" });
  await user.tab();
  expect(start).toHaveFocus();
  await user.keyboard("{Enter}");
  await screen.findByRole("button", { name: "Join the call" });
  expect(start).not.toBeInTheDocument();
  await waitFor(() => expect(screen.getByRole("region", { name: "Call" })).toHaveFocus());
  await user.tab();
  expect(screen.getByRole("button", { name: "Mute microphone" })).toHaveFocus();
});
