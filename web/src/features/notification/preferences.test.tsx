import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { seeker, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { NotificationPreferences } from "./preferences";

const PATH = "/notifications/preferences";
const ALL = { bookings: true, reminders: true, payments: true, messages: true, ratings: true };

it("switches one kind of e-mail off, and leaves the others as they are", async () => {
  let email = { ...ALL, ratings: false };
  const { to } = server({
    [`GET ${PATH}`]: () => ({ email }),
    [`PUT ${PATH}`]: (asked) => {
      ({ email } = asked.body as { email: typeof ALL });
      return { email };
    },
  });
  signedIn(seeker);
  const { user } = show(<NotificationPreferences />);
  await user.click(await screen.findByRole("switch", { name: /^Reminders/ }));
  await user.click(screen.getByRole("switch", { name: /^Payments/ }));
  await waitFor(() => expect(to("PUT", PATH)).toHaveLength(2));
  const wanted = { ...ALL, ratings: false, reminders: false, payments: false };
  expect(to("PUT", PATH)[1]?.body).toEqual({ email: wanted });
  await waitFor(() => expect(email).toEqual(wanted));
  expect(screen.getByRole("switch", { name: /^Reminders/ })).not.toBeChecked();
  expect(screen.getByRole("switch", { name: /^Bookings/ })).toBeChecked();
});

it("shows what holds when the change is refused", async () => {
  server({ [`GET ${PATH}`]: { email: ALL }, [`PUT ${PATH}`]: problem(503, "service_unavailable") });
  signedIn(seeker);
  const { user } = show(<NotificationPreferences />);
  await user.click(await screen.findByRole("switch", { name: /^Messages/ }));
  expect(await screen.findByText(/temporarily unavailable/)).toBeVisible();
  await waitFor(() => expect(screen.getByRole("switch", { name: /^Messages/ })).toBeChecked());
});
