import { useDirection } from "@mantine/core";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { useEffect } from "react";
import { RouterProvider, createMemoryRouter } from "react-router";
import { afterEach, expect, it, vi } from "vitest";
import { LanguageSelect } from "@/components/ui/language-select";
import { useLocale } from "@/lib/i18n/locale";
import { t } from "@/lib/i18n/i18n";
import { dayLabel } from "@/lib/time";
import { api as client, body } from "@/lib/api/client";
import { signIn, signOut } from "@/lib/api/session";
import { keys } from "@/lib/query-keys";
import { CONFIG, problem, server } from "@/test/server";
import { session } from "@/test/sessions";
import { Providers, queries } from "./providers";
import { translated } from "./translated";

const left = vi.fn();

function Part() {
  // A call hangs up when its page is left.
  useEffect(() => () => left(), []);
  const { dir } = useDirection();
  return (
    <>
      <input aria-label={t("Name")} />
      <p>{dayLabel("2026-11-23")}</p>
      <output aria-label="Direction of the components">{dir}</output>
      <LanguageSelect />
    </>
  );
}
const Screen = translated(() => <Part />);

afterEach(async () => {
  localStorage.clear();
  useLocale.setState({ language: "en", locale: "en-GB" });
  await i18next.changeLanguage("en");
});

it("another language changes texts, dates and the direction, and keeps the page as it is", async () => {
  server({ "GET /config": { ...CONFIG, locales: ["en", "de", "ar"] } });
  const router = createMemoryRouter([{ path: "/", element: <Screen /> }]);
  render(
    <Providers>
      <RouterProvider router={router} />
    </Providers>,
  );
  const user = userEvent.setup();
  await screen.findByRole("option", { name: "Deutsch" });
  await user.type(screen.getByLabelText("Name"), "Sam");
  expect(screen.getByText("Mon 23 Nov")).toBeVisible();

  await user.selectOptions(screen.getByRole("combobox"), "de");
  expect(await screen.findByText("Mo., 23. Nov.")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Name" })).toHaveValue("Sam");
  await user.selectOptions(screen.getByRole("combobox"), "ar");
  expect(await screen.findByRole("textbox", { name: "الاسم" })).toHaveValue("Sam");
  await waitFor(() => expect(document.documentElement.dir).toBe("rtl"));
  // Mantine's own, by which sliders, arrows and pop-ups are mirrored.
  await waitFor(() => expect(screen.getByLabelText("Direction of the components")).toHaveTextContent("rtl"));
  expect(left).not.toHaveBeenCalled();
});

it("what is answered after somebody has left is not there for the next one", async () => {
  server({ "GET /config": CONFIG });
  signIn(session("one"));
  render(<Providers>{null}</Providers>);
  signOut();
  queries.setQueryData(keys.payments.card, { last4: "4242" });
  queries.setQueryData(keys.directory.profile("ada"), { headline: "Analysis" });
  signIn(session("two"));
  expect(queries.getQueryData(keys.payments.card)).toBeUndefined();
  expect(queries.getQueryData(keys.directory.profile("ada"))).toEqual({ headline: "Analysis" });
});

it.each([
  [503, "service_unavailable", 3],
  [504, "upstream_timeout", 1],
  [404, "not_found", 1],
])("an answer of %i (%s) is asked for %i times", async (status, code, times) => {
  const api = server({ "GET /users/me": problem(status, code) });
  await expect(
    queries.fetchQuery({
      queryKey: ["tried", status],
      queryFn: () => body(client.GET("/users/me")),
      retry: queries.getDefaultOptions().queries?.retry,
      retryDelay: 0,
    }),
  ).rejects.toMatchObject({ code });
  expect(api.to("GET", "/users/me")).toHaveLength(times);
});
