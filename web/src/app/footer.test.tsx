import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { CONFIG, server } from "@/test/server";
import { show } from "@/test/screen";
import { Brand } from "./brand";
import { Footer } from "./footer";

const own = {
  ...CONFIG,
  brand: { name: "Rat & Tat", color: "#aa3366", logo_url: "/logo.svg" },
  free_period_seconds: 300,
};

describe("the footer", () => {
  it("names the marketplace and its own free period, and leads to the operator's texts", async () => {
    server({ "GET /config": own });
    show(<Footer />);
    expect(await screen.findByText("Rat & Tat")).toBeVisible();
    expect(screen.getByText("Sessions of up to 5 minutes are free.")).toBeVisible();
    expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual([
      "/terms",
      "/privacy",
      "/imprint",
      "/contact",
    ]);
  });

  it("says a single minute in the singular", async () => {
    server({ "GET /config": { ...own, free_period_seconds: 60 } });
    show(<Footer />);
    expect(await screen.findByText("Sessions of up to 1 minute are free.")).toBeVisible();
  });

  it("promises no free time where there is none", async () => {
    server({ "GET /config": { ...own, free_period_seconds: 0 } });
    show(<Footer />);
    expect(await screen.findByText("Rat & Tat")).toBeVisible();
    expect(screen.queryByText(/free/)).not.toBeInTheDocument();
  });
});

it("shows the marketplace's logo where it has one", async () => {
  server({ "GET /config": own });
  show(<Brand />);
  expect(await screen.findByText("Rat & Tat")).toBeVisible();
  expect(document.querySelector("img")).toHaveAttribute("src", "/logo.svg");
});
