/** Every screen with something on it, for the checks that go over all of them. */
import { holdPaidSession } from "./sessions";
import { Person } from "./stack";

export type Screen = {
  name: string;
  who: "nobody" | "seeker" | "consultant";
  path: string;
  shows: string | RegExp;
};
export type Cast = { seeker: Person; consultant: Person; screens: Screen[] };

/** Two people with a past, a present, trouble and a future, and the screens on which all of that is seen. */
export async function cast(): Promise<Cast> {
  const seeker = await Person.register("seeker", "Greta", "Lindholm");
  const consultant = await Person.register("consultant", "Gustav", "Berger");
  await consultant.publish();
  await seeker.saveCard();
  await consultant.onboard();

  const times = [4, 5, 6, 7, 8].flatMap((days) =>
    ["08:00", "09:00", "13:00"].map((hour) => {
      const day = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
      const start = Date.parse(`${day}T${hour}:00Z`);
      return { start_time: new Date(start), end_time: new Date(start + 3_600_000) };
    }),
  );
  await consultant.call("POST", "/consultants/me/availability", { slots: times });

  const met = await seeker.request(
    consultant,
    await consultant.offer(12, 40),
    "Two slow queries, and a plan.",
  );
  const asked = await seeker.request(consultant, await consultant.offer(60, 40), "How do I index this?");
  await consultant.accept(met);
  await holdPaidSession(seeker, met);
  await seeker.call("POST", `/bookings/${met}/rating`, {
    score: 5,
    comment: "It takes 8 ms now. Thank you!",
  });

  const confirmed = await seeker.request(consultant, await consultant.offer(60 * 28), "A second look at it?");
  await consultant.accept(confirmed);
  await seeker.saveCard("pm_card_chargeCustomerFail");
  const failed = await seeker.request(consultant, await consultant.offer(60 * 52), "And about partitions.");
  await consultant.accept(failed, "payment_failed");
  await seeker.saveCard();

  const year = new Date().getUTCFullYear();
  const screens: Screen[] = [
    { name: "directory", who: "nobody", path: "/", shows: /\d\+? experts?$/ },
    { name: "expert", who: "nobody", path: `/experts/${consultant.id}`, shows: "What seekers say" },
    { name: "login", who: "nobody", path: "/login", shows: "New here?" },
    { name: "register", who: "nobody", path: "/register", shows: "Already have an account?" },
    { name: "forgot-password", who: "nobody", path: "/forgot-password", shows: "Reset your password" },
    {
      name: "reset-password",
      who: "nobody",
      path: "/reset-password#token=x",
      shows: "Choose a new password",
    },
    {
      name: "verify-email",
      who: "nobody",
      path: "/verify-email#token=x",
      shows: "Confirm your e-mail address",
    },
    { name: "not-found", who: "nobody", path: "/nowhere", shows: "Page not found" },
    { name: "dashboard-seeker", who: "seeker", path: "/dashboard", shows: "Needs your attention" },
    { name: "booking-confirmed", who: "seeker", path: `/booking/${confirmed}`, shows: "Booking confirmed" },
    {
      name: "booking-trouble",
      who: "seeker",
      path: `/booking/${failed}`,
      shows: "The bank declined the card.",
    },
    { name: "booking-completed", who: "seeker", path: `/booking/${met}`, shows: "Your rating" },
    { name: "session-over", who: "seeker", path: `/session/${met}`, shows: "The session is over" },
    { name: "session-before", who: "seeker", path: `/session/${confirmed}`, shows: "Start session" },
    { name: "card", who: "seeker", path: "/settings/payment", shows: "Visa ending in" },
    { name: "payments", who: "seeker", path: "/history", shows: "Spent by month" },
    { name: "receipt", who: "seeker", path: `/receipts/${met}`, shows: "Receipt 000001" },
    { name: "statement", who: "seeker", path: `/statements/${year}`, shows: `Statement ${year}` },
    { name: "earnings", who: "consultant", path: `/statements/${year}`, shows: `Statement ${year}` },
    { name: "account", who: "seeker", path: "/account", shows: "Time zone" },
    { name: "dashboard-consultant", who: "consultant", path: "/dashboard", shows: "Requests" },
    { name: "booking-request", who: "consultant", path: `/booking/${asked}`, shows: "Accept" },
    { name: "profile", who: "consultant", path: "/profile", shows: "Preview" },
    { name: "availability", who: "consultant", path: "/availability", shows: "Times in" },
    { name: "hours", who: "consultant", path: "/availability/hours", shows: "Save hours" },
    { name: "calendars", who: "consultant", path: "/availability/calendars", shows: "Add a calendar" },
    { name: "notifications", who: "consultant", path: "/settings/notifications", shows: "Reminders" },
    { name: "favourites", who: "seeker", path: "/favourites", shows: "Experts you want to find again." },
    { name: "payouts", who: "consultant", path: "/payouts", shows: "Earned by month" },
    { name: "forbidden", who: "consultant", path: "/history", shows: "Not for this account" },
  ];
  return { seeker, consultant, screens };
}
