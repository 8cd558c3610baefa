import { screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { seeker, signedIn } from "@/test/people";
import { server } from "@/test/server";
import { show } from "@/test/screen";
import { AddToCalendar } from "./add-to-calendar";

it("saves the server's calendar file, by which calendars know a change from the entry before", async () => {
  signedIn(seeker);
  const saved: string[] = [];
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:x", revokeObjectURL: () => {} }));
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  const { to } = server({
    "GET /bookings/b1/calendar.ics": new Response("BEGIN:VCALENDAR", {
      headers: { "Content-Disposition": 'attachment; filename="session-b1.ics"' },
    }),
  });
  const { user } = show(<AddToCalendar bookingId="b1" />);
  await user.click(screen.getByRole("button", { name: "Add to calendar" }));
  await waitFor(() => expect(saved).toEqual(["session-b1.ics"]));
  expect(to("GET", "/bookings/b1/calendar.ics")[0]?.headers.get("Accept")).toBe("text/calendar");
});
