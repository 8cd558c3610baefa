import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { expert, seeker, signedIn } from "@/test/people";
import { show } from "@/test/screen";
import { ExpertCard } from "./expert-card";

it("says when there is time next, by the reader's clock, or that there is none yet", async () => {
  signedIn(seeker);
  show(
    <>
      <ExpertCard expert={{ ...expert, next_available_at: "2026-11-23T09:00:00Z" }} />
      <ExpertCard expert={{ ...expert, next_available_at: null }} />
    </>,
  );
  const [free, busy] = await screen.findAllByRole("article");
  expect(free).toHaveTextContent("Mon 23 Nov, 10:00");
  expect(busy).toHaveTextContent("No available times yet");
});
