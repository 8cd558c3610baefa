import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { booking, seeker, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { RateSession } from "./rate-session";

const PATH = "/bookings/booking-1/rating";
const star = (score: number) => screen.getByRole("radio", { name: new RegExp(`^${score} of 5`) });

function shown(reply: Parameters<typeof server>[0][string]) {
  signedIn(seeker);
  return {
    ...server({ [`POST ${PATH}`]: reply }),
    ...show(<RateSession booking={booking({ status: "completed" })} />),
  };
}

describe("rating a session", () => {
  it("works by keyboard alone: arrows choose, a comment may follow, Enter sends", async () => {
    const { user, to } = shown({ score: 4 });
    await user.tab();
    await user.keyboard(" {ArrowRight}{ArrowRight}{ArrowRight}{ArrowRight}{ArrowLeft}");
    expect(star(4)).toBeChecked();
    expect(star(4)).toHaveFocus();
    await user.tab();
    await user.keyboard("Very <b>clear</b>");
    await user.tab();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(to("POST", PATH)).toHaveLength(1));
    expect(to("POST", PATH)[0]?.body).toEqual({ score: 4, comment: "Very <b>clear</b>" });
    expect(to("POST", PATH)[0]?.headers.get("Idempotency-Key")).toBeTruthy();
  });

  it("works by mouse, and leaves out an empty comment", async () => {
    const { user, to } = shown({ score: 2 });
    await user.click(star(2));
    await user.click(screen.getByRole("button", { name: "Send rating" }));
    await waitFor(() => expect(to("POST", PATH)[0]?.body).toEqual({ score: 2 }));
  });

  it("asks for stars before it sends anything", async () => {
    const { user, to } = shown({ score: 1 });
    await user.click(screen.getByRole("button", { name: "Send rating" }));
    expect(screen.getByRole("alert")).toHaveTextContent("Choose one to five stars");
    expect(star(1)).toHaveFocus();
    expect(to("POST", PATH)).toHaveLength(0);
    await user.click(star(1));
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("says when it was rated already", async () => {
    const { user } = shown(problem(409, "already_rated"));
    await user.click(star(5));
    await user.click(screen.getByRole("button", { name: "Send rating" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("already rated");
  });

  it("is sent once, however often one clicks, also while the page still shows the form", async () => {
    const { user, to } = shown({ score: 5 });
    await user.click(star(5));
    await user.dblClick(screen.getByRole("button", { name: "Send rating" }));
    expect(await screen.findByText("Thank you for your rating.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Send rating" }));
    expect(to("POST", PATH)).toHaveLength(1);
  });

  it("says what is wrong with the comment at its field, and can be sent again", async () => {
    const errors = [{ field: "comment", message: "Too long.", code: "too_long", params: { max: 2000 } }];
    const answers = [problem(400, "validation_failed", { errors }), { score: 5 }];
    const { user, to } = shown(() => answers.shift() ?? {});
    await user.click(star(5));
    await user.type(screen.getByLabelText("Your comment"), "Clear");
    await user.click(screen.getByRole("button", { name: "Send rating" }));
    expect(await screen.findByText("At most 2,000 characters")).toBeVisible();
    expect(screen.getByLabelText("Your comment")).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Send rating" }));
    expect(await screen.findByText("Thank you for your rating.")).toBeVisible();
    const keys = to("POST", PATH).map(({ headers }) => headers.get("Idempotency-Key"));
    expect(new Set(keys).size).toBe(2);
  });
});
