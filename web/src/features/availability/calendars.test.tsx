import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { Component as Calendars } from "@/app/routes/availability-calendars";
import { useLocale } from "@/lib/i18n/locale";
import { consultant, signedIn } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";

const PATH = "/consultants/me/calendars";
const ADDRESS = "https://calendar.example.com/private-8f2c/basic.ics";
const calendar = (more: object = {}) => ({
  id: "cal-1",
  name: "Private",
  host: "calendar.example.com",
  status: "ok",
  last_read_at: new Date(Date.now() - 5 * 60_000).toISOString(),
  last_error: null,
  busy_until: "2027-03-01T10:00:00Z",
  ...more,
});

it("adds a calendar, whose address is not shown again", async () => {
  signedIn(consultant);
  let calendars: object[] = [];
  const { to } = server({
    [`GET ${PATH}`]: () => page(...calendars),
    [`POST ${PATH}`]: () => {
      calendars = [calendar({ last_read_at: null, busy_until: null })];
      return calendars[0] as object;
    },
  });
  const { user } = show(<Calendars />);
  expect(await screen.findByText(/No calendars yet/)).toBeVisible();
  await user.type(screen.getByLabelText("Name"), "Private");
  await user.type(screen.getByLabelText("Secret address in iCal format"), "calendar");
  await user.click(screen.getByRole("button", { name: "Add calendar" }));
  expect(screen.getByText(/beginning with https/)).toBeVisible();
  await user.clear(screen.getByLabelText("Secret address in iCal format"));
  await user.type(screen.getByLabelText("Secret address in iCal format"), ADDRESS);
  await user.click(screen.getByRole("button", { name: "Add calendar" }));
  const list = within(await screen.findByRole("region", { name: "Your calendars" }));
  expect(await list.findByText("Waiting")).toBeVisible();
  expect(to("POST", PATH).map((one) => one.body)).toEqual([{ name: "Private", url: ADDRESS }]);
  expect(document.body.innerHTML).not.toContain("private-8f2c");
});

it.each(["webcal", "webcals", "WEBCALS", "https", "http"])("takes an address of %s:", async (scheme) => {
  signedIn(consultant);
  const { to } = server({ [`GET ${PATH}`]: page(), [`POST ${PATH}`]: calendar() });
  const { user } = show(<Calendars />);
  const url = `${scheme}://calendar.example.com/a.ics`;
  await user.type(await screen.findByLabelText("Name"), "Private");
  await user.type(screen.getByLabelText("Secret address in iCal format"), url);
  await user.click(screen.getByRole("button", { name: "Add calendar" }));
  await waitFor(() => expect(to("POST", PATH).map((one) => one.body)).toEqual([{ name: "Private", url }]));
});

it("says what is wrong with an address at its field", async () => {
  signedIn(consultant);
  const errors = [{ field: "url", message: "Must lead to a public server." }];
  server({ [`GET ${PATH}`]: page(), [`POST ${PATH}`]: problem(400, "validation_failed", { errors }) });
  const { user } = show(<Calendars />);
  await user.type(await screen.findByLabelText("Name"), "Inside");
  await user.type(screen.getByLabelText("Secret address in iCal format"), "http://10.0.0.1/a.ics");
  await user.click(screen.getByRole("button", { name: "Add calendar" }));
  await waitFor(() =>
    expect(screen.getByLabelText("Secret address in iCal format")).toHaveAccessibleDescription(
      /Must lead to a public server/,
    ),
  );
});

it("shows how each does, reads it on request, and removes it after asking", async () => {
  signedIn(consultant);
  const failing = calendar({ id: "cal-2", name: "Work", status: "failing", last_error: "It answered 404." });
  const { to } = server({
    [`GET ${PATH}`]: page(calendar(), failing),
    [`POST ${PATH}/:id/refresh`]: null,
    [`DELETE ${PATH}/:id`]: null,
  });
  const { user } = show(<Calendars />);
  const [first, second] = await screen.findAllByRole("listitem");
  expect(first).toHaveTextContent(/Last updated 5 minutes ago.*read up to .*1 Mar.*Up to date/);
  expect(within(second as HTMLElement).getByRole("alert")).toHaveTextContent(/It answered 404\./);
  await user.click(screen.getByRole("button", { name: "Refresh Work" }));
  await waitFor(() => expect(to("POST", `${PATH}/cal-2/refresh`)).toHaveLength(1));
  await user.click(screen.getByRole("button", { name: "Remove Private" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Remove Private?" }));
  await user.click(dialog.getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(to("DELETE", `${PATH}/cal-1`)).toHaveLength(1));
});

it("leaves the focus to the next one's button when one is removed, and to the form after the last", async () => {
  signedIn(consultant);
  let calendars = [calendar(), calendar({ id: "cal-2", name: "Work" })];
  server({
    [`GET ${PATH}`]: () => page(...calendars),
    [`DELETE ${PATH}/:id`]: () => {
      calendars = calendars.slice(1);
      return null as never;
    },
  });
  const { user } = show(<Calendars />);
  const remove = async (name: string) => {
    await user.click(await screen.findByRole("button", { name: `Remove ${name}` }));
    const dialog = within(await screen.findByRole("dialog", { name: `Remove ${name}?` }));
    await user.click(dialog.getByRole("button", { name: "Remove" }));
  };
  await remove("Private");
  await waitFor(() => expect(screen.getByRole("button", { name: "Remove Work" })).toHaveFocus());
  await remove("Work");
  await waitFor(() => expect(screen.getByLabelText("Name")).toHaveFocus());
});

it("says what the server says of one that fails in English only", async () => {
  signedIn(consultant);
  const failing = calendar({ status: "failing", last_error: "It answered 404." });
  server({ [`GET ${PATH}`]: page(failing) });
  useLocale.setState({ language: "de", locale: "de-DE" });
  try {
    show(<Calendars />);
    expect(await screen.findByRole("alert")).not.toHaveTextContent("It answered 404.");
    expect(screen.getByRole("alert")).toHaveTextContent(/It could not be read\./);
  } finally {
    useLocale.setState({ language: "en", locale: "en-GB" });
  }
});
