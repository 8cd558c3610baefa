import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Component as Favourites } from "@/app/routes/favourites";
import { consultant, expert, seeker, signedIn } from "@/test/people";
import { type Asked, page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Heart } from "./heart";

const LIST = "GET /consultants/me/favourites";
const ONE = "/consultants/consultant-1/favourite";
const heart = () => screen.findByRole("button", { name: "Keep Cora Consult in your favourites" });

describe("the heart", () => {
  it("keeps an expert, and no longer when pressed again", async () => {
    signedIn(seeker);
    const kept: unknown[] = [];
    const { to } = server({
      [LIST]: () => page(...kept),
      [`PUT ${ONE}`]: () => {
        kept.push(expert);
        return null;
      },
      [`DELETE ${ONE}`]: () => {
        kept.pop();
        return null;
      },
    });
    const { user } = show(<Heart expert={expert} />);
    expect(await heart()).toHaveAttribute("aria-pressed", "false");
    await user.click(await heart());
    await waitFor(async () => expect(await heart()).toHaveAttribute("aria-pressed", "true"));
    await waitFor(() => expect(to("PUT", ONE)).toHaveLength(1));
    await user.click(await heart());
    await waitFor(() => expect(to("DELETE", ONE)).toHaveLength(1));
    await waitFor(async () => expect(await heart()).toHaveAttribute("aria-pressed", "false"));
  });

  it("goes back to what it was when the server says no", async () => {
    signedIn(seeker);
    server({ [LIST]: page(), [`PUT ${ONE}`]: problem(503, "service_unavailable") });
    const { user } = show(<Heart expert={expert} />);
    await user.click(await heart());
    expect(await screen.findByText(/temporarily unavailable/)).toBeVisible();
    expect(await heart()).toHaveAttribute("aria-pressed", "false");
  });

  it("is full also for an expert who is far down the list", async () => {
    signedIn(seeker);
    const others = page({ ...expert, consultant_id: "consultant-2" });
    const { to } = server({
      [LIST]: ({ query }: Asked) =>
        query.get("cursor") === "next" ? page(expert) : { ...others, next_cursor: "next" },
    });
    show(<Heart expert={expert} />);
    expect(await heart()).toHaveAttribute("aria-pressed", "true");
    expect(to("GET", "/consultants/me/favourites")).toHaveLength(2);
  });

  it("is the seekers' alone", async () => {
    signedIn(consultant);
    const { asked } = server({ [LIST]: page() });
    show(<Heart expert={expert} />);
    expect(screen.queryByRole("button")).not.toBeInTheDocument();
    expect(asked).toEqual([]);
  });
});

describe("the favourites", () => {
  it("are listed, and go when their heart is pressed", async () => {
    signedIn(seeker);
    const { to } = server({ [LIST]: page(expert), [`DELETE ${ONE}`]: null });
    const { user } = show(<Favourites />);
    expect(await screen.findByRole("link", { name: "Cora Consult" })).toBeVisible();
    await user.click(await heart());
    await waitFor(() => expect(to("DELETE", ONE)).toHaveLength(1));
  });

  it("that don't exist yet lead to the experts", async () => {
    signedIn(seeker);
    server({ [LIST]: page() });
    show(<Favourites />);
    expect(await screen.findByText("No favourites yet")).toBeVisible();
    expect(screen.getByRole("link", { name: "Find an expert" })).toHaveAttribute("href", "/find");
  });
});
