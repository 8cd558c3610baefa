import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useLocale } from "@/lib/i18n/locale";
import { consultant, expert, seeker, signedIn } from "@/test/people";
import { page, problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as History } from "./history";
import { Component as Payouts } from "./payouts";

const cells = (row: HTMLElement) =>
  within(row)
    .getAllByRole("cell")
    .map((cell) => {
      // Without what only decorates: a person's initials.
      const said = cell.cloneNode(true) as HTMLElement;
      said.querySelectorAll("[aria-hidden=true]").forEach((one) => one.remove());
      return said.textContent;
    });
const bytesOf = (file: Blob) =>
  new Promise<Uint8Array>((read) => {
    const reader = new FileReader();
    reader.onload = () => read(new Uint8Array(reader.result as ArrayBuffer));
    reader.readAsArrayBuffer(file);
  });
const who = (person: typeof seeker) => ({
  id: person.id,
  first_name: person.first_name,
  last_name: person.last_name,
});
const common = { currency: "eur", session_date: "2026-11-20T10:00:00Z", created_at: "2026-11-20T11:00:00Z" };

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-23T08:00:00Z") });
});

afterEach(() => useLocale.setState({ locale: "en-GB" }));

describe("a seeker's payments", () => {
  it("tell what was charged, given back and let go, and the months as a table too", async () => {
    signedIn(seeker);
    const one = { ...common, consultant: who(consultant), amount: 12000, amount_refunded: 0 };
    server({
      "GET /payments/history": page(
        { ...one, id: "1", booking_id: "b1", status: "captured" },
        { ...one, id: "2", booking_id: "b2", status: "refunded", amount_refunded: 12000 },
        { ...one, id: "3", booking_id: "b3", status: "released" },
      ),
      "GET /payments/summary": {
        items: [{ month: "2026-11-01", currency: "eur", count: 2, spent: 24000, refunded: 12000 }],
      },
      "GET /consultants/consultant-1/profile": { ...expert, photo_url: "/photos/cora.640.webp" },
    });
    show(<History />);
    const rows = (await screen.findAllByRole("row", { name: /Cora Consult/ })).map(cells);
    expect(rows).toEqual([
      ["Cora Consult", "Fri 20 Nov, 11:00", "Paid", "–", "€120.00", "Receipt"],
      ["Cora Consult", "Fri 20 Nov, 11:00", "Refunded", "€120.00", "€120.00", "Receipt"],
      ["Cora Consult", "Fri 20 Nov, 11:00", "Not charged", "–", "€0.00", "–"],
    ]);
    expect(await screen.findByRole("row", { name: "Nov 26 €120.00" })).toBeInTheDocument();
    expect(screen.getByRole("row", { name: "Dec 25 €0.00" })).toBeInTheDocument();
    // The photo takes the place of the initials as soon as it is known.
    await vi.waitFor(() =>
      expect([...document.querySelectorAll("td img")].map((one) => one.getAttribute("src"))).toEqual(
        Array(3).fill("/photos/cora.96.webp"),
      ),
    );
    expect(
      screen.getAllByRole("link", { name: "Receipt for Fri 20 Nov, 11:00, Cora Consult" })[0],
    ).toHaveAttribute("href", "/receipts/b1");
  });

  it("are summed up by year, and saved as the server named them, for spreadsheets", async () => {
    signedIn(seeker);
    const saved: string[] = [];
    const files: Blob[] = [];
    const createObjectURL = (file: Blob) => `blob:${files.push(file)}`;
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL, revokeObjectURL: () => {} }));
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download);
    });
    const api = server({
      "GET /payments/history": page(),
      "GET /payments/summary": {
        items: [
          { month: "2026-10-01", currency: "eur", count: 2, spent: 24000, refunded: 12000 },
          { month: "2026-11-01", currency: "eur", count: 1, spent: 6000, refunded: 0 },
        ],
      },
      "GET /payments/statement.csv": new Response("Müller,b", {
        headers: { "Content-Disposition": 'attachment; filename="statement-2026.csv"' },
      }),
    });
    const { user } = show(<History />);
    const totals = await screen.findByRole("region", { name: "Totals of the year" });
    expect(await within(totals).findByText("€180.00")).toBeVisible();
    expect(totals).toHaveTextContent("Payments3Charged€300.00Refunded€120.00You spent€180.00");
    await user.click(within(totals).getByRole("button", { name: "Download 2026 as CSV" }));
    await vi.waitFor(() => expect(saved).toEqual(["statement-2026.csv"]));
    expect(api.to("GET", "/payments/statement.csv")[0]?.query.get("year")).toBe("2026");
    // Excel takes a file without this mark for one of the system's old code page.
    expect([...(await bytesOf(files[0] as Blob))]).toEqual([...new TextEncoder().encode("\ufeffMüller,b")]);
  });

  it("are summed up under years in the digits of the reader's dates", async () => {
    signedIn(seeker);
    useLocale.setState({ locale: "ar-EG" });
    server({ "GET /payments/history": page(), "GET /payments/summary": page() });
    show(<History />);
    expect(await screen.findByRole("option", { name: "٢٠٢٦" })).toHaveValue("2026");
  });

  it("say that the year could not be summed up, and try again when asked", async () => {
    signedIn(seeker);
    let isDown = true;
    server({
      "GET /payments/history": page(),
      "GET /payments/summary": ({ query }) =>
        query.has("to") && isDown ? problem(503, "service_unavailable") : page(),
    });
    const { user } = show(<History />);
    const totals = within(await screen.findByRole("region", { name: "Totals of the year" }));
    const again = await totals.findByRole("button", { name: "Try again" });
    isDown = false;
    await user.click(again);
    expect(await totals.findByText(/No payments in/)).toBeVisible();
  });

  it("say that the months could not be loaded, and load them when asked again", async () => {
    signedIn(seeker);
    let isDown = true;
    server({
      "GET /payments/history": page(),
      "GET /payments/summary": ({ query }) =>
        query.has("to")
          ? page()
          : isDown
            ? problem(503, "service_unavailable")
            : { items: [{ month: "2026-11-01", currency: "eur", count: 1, spent: 6000, refunded: 0 }] },
    });
    const { user } = show(<History />);
    const chart = await screen.findByRole("region", { name: "Spent by month" });
    expect(within(chart).getByRole("alert")).toBeVisible();
    isDown = false;
    await user.click(within(chart).getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("row", { name: "Nov 26 €60.00" })).toBeInTheDocument();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("that don't exist yet lead to the experts", async () => {
    signedIn(seeker);
    server({ "GET /payments/history": page(), "GET /payments/summary": page() });
    show(<History />);
    expect(await screen.findByText("No payments yet")).toBeVisible();
    expect(screen.getByRole("link", { name: "Find an expert" })).toHaveAttribute("href", "/find");
  });
});

describe("a consultant's payouts", () => {
  const payout = {
    ...common,
    id: "1",
    booking_id: "b1",
    seeker: who(seeker),
    gross_amount: 12000,
    commission_amount: 1800,
    amount: 10200,
    transfer_id: null,
    available_on: "2026-11-27T00:00:00Z",
  };

  it("tell price, commission and what is left, and when what waits will come", async () => {
    signedIn(consultant);
    server({
      "GET /payments/payouts": page(
        { ...payout, status: "pending" },
        { ...payout, id: "2", status: "reversed" },
      ),
      "GET /payments/connect-account": { account_id: "acct_1", status: "active", requirements: [] },
      "GET /payments/summary": page(),
    });
    show(<Payouts />);
    const rows = (await screen.findAllByRole("row", { name: /Sam Seek/ })).map(cells);
    expect(rows[0]).toEqual([
      "Sam Seek",
      "Fri 20 Nov, 11:00",
      "On its way from Fri 27 Nov",
      "€120.00",
      "−€18.00",
      "€102.00",
      "Receipt",
    ]);
    expect(rows[1]?.[2]).toBe("Reversed");
    expect(screen.getByText(/reversed when the seeker’s payment is refunded or disputed/)).toBeVisible();
  });

  it("say in words what Stripe still misses, each once", async () => {
    signedIn(consultant);
    server({
      "GET /payments/payouts": page(),
      "GET /payments/summary": page(),
      "GET /payments/connect-account": {
        account_id: "acct_1",
        status: "restricted",
        requirements: [
          "individual.verification.document",
          "individual.dob.day",
          "individual.dob.year",
          "external_account",
        ],
      },
    });
    show(<Payouts />);
    const account = await screen.findByRole("region", { name: "Payout account" });
    expect(
      within(account)
        .getAllByRole("listitem")
        .map((one) => one.textContent),
    ).toEqual(["Proof of identity", "Your date of birth", "Your bank account"]);
    expect(within(account).getByRole("button", { name: "Continue on Stripe" })).toBeVisible();
  });

  it("can be set up again by who comes back from Stripe to the page as it was left", async () => {
    signedIn(consultant);
    const assign = vi.fn();
    vi.stubGlobal("location", { ...location, origin: location.origin, assign });
    server({
      "GET /payments/payouts": page(),
      "GET /payments/summary": page(),
      "GET /payments/connect-account": problem(404, "no_payout_account"),
      "POST /payments/connect-account": { onboarding_url: "https://stripe.example/onboard" },
    });
    const { user } = show(<Payouts />);
    const button = await screen.findByRole("button", { name: "Set up payouts" });
    await user.click(button);
    await waitFor(() => expect(assign).toHaveBeenCalledWith("https://stripe.example/onboard"));
    expect(button).toBeDisabled();
    act(() => void window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true })));
    await waitFor(() => expect(button).toBeEnabled());
  });
});
