import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Ratings } from "@/features/directory/ratings";
import { booking, consultant, signedIn } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { ReplyForm } from "./reply";

const PATH = "/bookings/booking-1/rating/reply";
const reply = { body: "Come back any time.", created_at: "2026-11-24T10:00:00Z" };

describe("a reply to a rating", () => {
  it("is sent once, without the blanks around it", async () => {
    signedIn(consultant);
    const { to } = server({ [`POST ${PATH}`]: reply });
    const { user } = show(<ReplyForm booking={booking({ status: "completed" })} />);
    await user.type(screen.getByLabelText("Your reply"), " Come back any time. ");
    await user.click(screen.getByRole("button", { name: "Publish reply" }));
    expect(await screen.findByText("Your reply is published.")).toBeVisible();
    // Until the page shows the reply in the form's place.
    await user.click(screen.getByRole("button", { name: "Publish reply" }));
    expect(to("POST", PATH).map((one) => one.body)).toEqual([{ body: "Come back any time." }]);
  });

  it("needs words, at most a thousand characters of them", async () => {
    signedIn(consultant);
    const { to } = server({});
    const { user } = show(<ReplyForm booking={booking({ status: "completed" })} />);
    await user.click(screen.getByRole("button", { name: "Publish reply" }));
    expect(await screen.findByText("Enter a reply")).toBeVisible();
    expect(screen.getByLabelText("Your reply")).toHaveAttribute("maxlength", "1000");
    expect(to("POST", PATH)).toEqual([]);
  });

  it("says so when there is one already", async () => {
    signedIn(consultant);
    server({ [`POST ${PATH}`]: problem(409, "already_replied") });
    const { user } = show(<ReplyForm booking={booking({ status: "completed" })} />);
    await user.type(screen.getByLabelText("Your reply"), "Thanks");
    await user.click(screen.getByRole("button", { name: "Publish reply" }));
    expect(await screen.findByText("You have already replied to this rating.")).toBeVisible();
  });

  it("is shown below its rating on the expert's page", async () => {
    const rating = { score: 5, comment: "Great", seeker_first_name: "Sam", created_at: reply.created_at };
    server({
      "GET /consultants/consultant-1/ratings": page({ ...rating, reply }, { ...rating, reply: null }),
    });
    show(<Ratings expertId="consultant-1" expertName="Cora" />);
    await waitFor(() => expect(screen.getAllByText("Great")).toHaveLength(2));
    expect(screen.getByText("Come back any time.")).toBeVisible();
    expect(screen.getAllByText(/Reply from Cora/)).toHaveLength(1);
  });
});
