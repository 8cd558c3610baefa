import { screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { seeker, consultant, signedIn } from "@/test/people";
import { problem, server } from "@/test/server";
import { show } from "@/test/screen";
import { Component as Receipt } from "./receipt";
import { Component as Statement } from "./statement";

const RECEIPT = {
  number: "2026-000007",
  booking_id: "b1",
  seeker,
  consultant,
  session_start: "2026-11-20T10:00:00Z",
  session_end: "2026-11-20T11:00:00Z",
  reason: "cancelled",
  currency: "eur",
  amount: 12_000,
  amount_refunded: 2000,
  total: 10_000,
  captured_at: "2026-11-20T11:00:00Z",
  issuer: "Market Ltd",
  issuer_address: ["1 High Street", "London"],
  tax_id: "GB 123",
  note: null,
};

const ROW = {
  captured_at: "2026-11-20T11:00:00Z",
  receipt_number: "2026-000007",
  booking_id: "b1",
  other_party: seeker,
  session_start: "2026-11-20T10:00:00Z",
  currency: "eur",
  gross_amount: 12_000,
  refunded_amount: 0,
  commission_amount: 1800,
  net_amount: 10_200,
};

describe("a receipt", () => {
  it("says on a page what its PDF says, is printed and saved from there", async () => {
    signedIn(seeker);
    const print = vi.spyOn(window, "print").mockImplementation(() => undefined);
    server({ "GET /payments/b1/receipt": RECEIPT });
    const { user } = show(<Receipt />, { path: "/receipts/:id", at: "/receipts/b1" });
    const sheet = await screen.findByRole("article", { name: "Receipt 2026-000007" });
    for (const [name, value] of [
      ["Seller", "Cora Consult"],
      ["Buyer", "Sam Seek"],
      ["Late cancellation of an expert session", "Fri, 20 Nov 2026, 11:00–12:00 Prague, GMT+1"],
      ["Charged to the card", "€120.00"],
      ["Returned to the card", "−€20.00"],
      ["Total paid", "€100.00"],
    ])
      expect(within(sheet).getByText(name ?? "").nextElementSibling).toHaveTextContent(value ?? "");
    expect(sheet).toHaveTextContent(
      "Issued by Market Ltd on behalf of the seller1 High StreetLondonTax number: GB 123",
    );
    await user.click(screen.getByRole("button", { name: "Print" }));
    expect(print).toHaveBeenCalledOnce();
    expect(screen.getByRole("button", { name: "Download PDF" })).toBeVisible();
  });

  it("does not exist where nothing was charged", async () => {
    signedIn(seeker);
    server({ "GET /payments/b1/receipt": problem(404, "no_receipt") });
    show(<Receipt />, { path: "/receipts/:id", at: "/receipts/b1" });
    expect(await screen.findByText(/There is no receipt for this booking/)).toBeVisible();
  });
});

const TOTAL = {
  currency: "eur",
  count: 2,
  gross_amount: 24_000,
  refunded_amount: 0,
  commission_amount: 3600,
  net_amount: 20_400,
};

const STATEMENT = {
  number: "M-2026",
  year: 2026,
  holder: consultant,
  issuer: "Market Ltd",
  issuer_address: ["1 High Street", "London"],
  tax_id: "GB 123",
  note: "No VAT is shown.",
  items: [ROW, { ...ROW, booking_id: "b2" }, { ...ROW, booking_id: "b3", currency: "usd" }],
  totals: [TOTAL, { ...TOTAL, currency: "usd", count: 1, commission_amount: 1800, net_amount: 10_200 }],
};

const shown = (sheet: HTMLElement, name: string) =>
  within(sheet)
    .getAllByText(name)
    .map((one) => one.nextElementSibling?.textContent);

describe("a statement", () => {
  it("lists a year's payments, whose they are, who issues it and the totals of each currency", async () => {
    signedIn(consultant);
    const api = server({ "GET /payments/statement": STATEMENT });
    show(<Statement />, { path: "/statements/:year", at: "/statements/2026" });
    const sheet = await screen.findByRole("article", { name: "Statement M-2026" });
    expect(within(sheet).getAllByRole("row")).toHaveLength(4);
    expect(api.to("GET", "/payments/statement")[0]?.query.get("year")).toBe("2026");
    expect(shown(sheet, "Statement number")).toEqual(["M-2026"]);
    expect(shown(sheet, "Seller")).toEqual(["Cora Consult"]);
    expect(within(sheet).getAllByRole("cell", { name: "Fri, 20 Nov 2026" })).toHaveLength(3);
    expect(shown(sheet, "Payments")).toEqual(["2", "1"]);
    expect(shown(sheet, "Total earned")).toEqual(["€204.00", "US$102.00"]);
    expect(sheet).toHaveTextContent(
      "Issued by Market Ltd1 High StreetLondonTax number: GB 123No VAT is shown.",
    );
  });

  it("is printed, and saved as a PDF and as a table", async () => {
    signedIn(consultant);
    const print = vi.spyOn(window, "print").mockImplementation(() => undefined);
    const saved: string[] = [];
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:x", revokeObjectURL: () => {} }));
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download);
    });
    const named = (name: string) =>
      new Response("x", { headers: { "Content-Disposition": `attachment; filename="${name}"` } });
    const api = server({
      "GET /payments/statement": STATEMENT,
      "GET /payments/statement.pdf": named("statement-2026.pdf"),
      "GET /payments/statement.csv": named("statement-2026.csv"),
    });
    const { user } = show(<Statement />, { path: "/statements/:year", at: "/statements/2026" });
    await user.click(await screen.findByRole("button", { name: "Download PDF" }));
    await user.click(screen.getByRole("button", { name: "Download CSV" }));
    await vi.waitFor(() => expect(saved.sort()).toEqual(["statement-2026.csv", "statement-2026.pdf"]));
    expect(api.to("GET", "/payments/statement.pdf")[0]?.query.get("year")).toBe("2026");
    await user.click(screen.getByRole("button", { name: "Print" }));
    expect(print).toHaveBeenCalledOnce();
  });

  it("of a seeker has no commission", async () => {
    signedIn(seeker);
    server({ "GET /payments/statement": { ...STATEMENT, holder: seeker } });
    show(<Statement />, { path: "/statements/:year", at: "/statements/2026" });
    const sheet = await screen.findByRole("article", { name: "Statement M-2026" });
    expect(shown(sheet, "Buyer")).toEqual(["Sam Seek"]);
    expect(within(sheet).queryByText("Commission")).not.toBeInTheDocument();
    expect(shown(sheet, "Total paid")).toEqual(["€204.00", "US$102.00"]);
  });

  it("of a year without payments says so", async () => {
    signedIn(consultant);
    server({
      "GET /payments/statement": { ...STATEMENT, year: 2025, number: "M-2025", items: [], totals: [] },
    });
    show(<Statement />, { path: "/statements/:year", at: "/statements/2025" });
    expect(await screen.findByText("No payments in 2025.")).toBeVisible();
  });

  it.each(["abc", "1900", "2026.5"])("of no year is no page: %s", (year) => {
    signedIn(consultant);
    server({});
    show(<Statement />, { path: "/statements/:year", at: `/statements/${year}` });
    expect(screen.getByRole("heading", { name: "Page not found" })).toBeVisible();
  });
});
