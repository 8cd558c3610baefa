import { act, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { booking, seeker, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { useBooking } from "./queries";

const PATH = "/bookings/booking-1";

function Status() {
  const { data, isLoadingError } = useBooking("booking-1");
  return <p>{isLoadingError ? "refused" : (data?.status ?? "asked")}</p>;
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

describe("a booking on a page", () => {
  it("is asked for again while the page is open", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    signedIn(seeker);
    const { to } = server({ [`GET ${PATH}`]: booking() });
    show(<Status />);
    expect(await screen.findByText("confirmed")).toBeVisible();
    await pass(10_000);
    expect(to("GET", PATH).length).toBeGreaterThan(3);
  });

  it("that is somebody else's is asked for once", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    signedIn(seeker);
    const { to } = server({ [`GET ${PATH}`]: problem(404, "not_found") });
    show(<Status />);
    expect(await screen.findByText("refused")).toBeVisible();
    await pass(30_000);
    expect(to("GET", PATH)).toHaveLength(1);
  });
});
