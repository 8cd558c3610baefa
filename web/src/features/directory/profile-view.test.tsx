import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { expert } from "@/test/people";
import { server } from "@/test/server";
import { show } from "@/test/screen";
import { ExpertCard } from "./expert-card";
import { ProfileView } from "./profile-view";

it("says of a verified expert what that means", async () => {
  server({});
  const { user } = show(<ProfileView profile={{ ...expert, verified: true }} />);
  await user.click(screen.getByRole("button", { name: "Verified: what this means" }));
  expect(await screen.findByText(/Cora has confirmed their e-mail address, and Stripe/)).toBeVisible();
});

it("marks verified experts only, on their cards too", () => {
  server({});
  const { unmount } = show(
    <>
      <ProfileView profile={expert} />
      <ExpertCard expert={expert} />
    </>,
  );
  expect(screen.queryByText("Verified")).not.toBeInTheDocument();
  unmount();
  show(<ExpertCard expert={{ ...expert, verified: true }} />);
  expect(screen.getByRole("article")).toHaveTextContent("Verified");
});
