"""Statements of a year as PDF: the same rows and totals as the table, on as many pages as it
takes.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from services.payments.tests.actors import Booking, Make, Payments
from services.payments.tests.documents import ISSUER, pages_of, pay, rows_of
from shared.auth import User
from shared.clock import now

PATH = "/payments/statement.pdf"
# Copies of the first payment, an hour apart, each a dollar more than the one before.
COPIES = """
    insert into payments (booking_id, id, seeker_id, consultant_id, scheduled_start, scheduled_end,
        amount, currency, commission_bps, status, captured_amount, commission_amount,
        refunded_amount, settled_amount, settled_currency, captured_at,
        receipt_number, created_at, updated_at)
    select gen_random_uuid(), gen_random_uuid(), seeker_id, consultant_id, scheduled_start,
        scheduled_end, amount + 100 * n, currency, commission_bps, status,
        captured_amount + 100 * n, commission_amount + 15 * n, 0, settled_amount + 100 * n,
        settled_currency, captured_at + n * interval '1 second', receipt_number + n, created_at,
        updated_at
    from payments, generate_series(1, 299) as n
"""
PAYOUTS = """
    insert into payouts (booking_id, consultant_id, gross_amount, commission_amount, amount,
        reversed_amount, recalled_amount, sent_amount, currency, status, available_on, created_at)
    select booking_id, consultant_id, captured_amount, commission_amount,
        captured_amount - commission_amount, 0, 0, captured_amount - commission_amount, currency,
        'paid', captured_at, created_at
    from payments where booking_id not in (select booking_id from payouts)
"""


async def pdf_of(payments: Payments, user: User, **query: int) -> list[str]:
    """The pages of a statement."""
    answer = await payments.harness.get(PATH, user=user, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    return pages_of(answer.content)


@pytest.mark.parametrize("role", ["seeker", "consultant"])
async def test_hundreds_of_rows_are_those_of_the_table_on_numbered_pages(
    payments: Payments, booking: Booking, role: str
) -> None:
    await pay(payments, booking)
    await payments.harness.sql(COPIES)
    await payments.harness.sql(PAYOUTS)
    user = booking.seeker if role == "seeker" else booking.consultant
    pages, rows = await pdf_of(payments, user), await rows_of(payments, user)
    assert len(rows) == 300
    assert len(pages) > 5
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert page.count("Session (UTC)") == 1
    amounts = ["gross_amount", "refunded_amount", "net_amount"]
    if role == "consultant":
        amounts.insert(2, "commission_amount")
    shown = [line for page in pages for line in page.splitlines() if re.match(r"\d{4}-", line)]
    assert len(shown) == 300
    for line, row in zip(shown, rows, strict=True):
        assert row["receipt_number"] in line
        assert line.endswith(" ".join(f"{row[name]} USD" for name in amounts))
    sums = [sum(Decimal(row[name]) for row in rows) for name in amounts]
    total = " ".join(f"{amount} USD" for amount in sums)
    assert f"Total USD Payments: 300 {total}" in pages[-1]


async def test_statement_says_whose_it_is_and_who_issues_it(make_payments: Make) -> None:
    payments = await make_payments(**ISSUER, receipt_note="No VAT is shown.")
    booking = Booking(payments, await payments.seeker(), await payments.consultant())
    await pay(payments, booking)
    year = now().year
    (page,) = await pdf_of(payments, booking.consultant)
    assert f"Statement of earnings M-{year}" in page
    assert f"Period: {year}-01-01 to {year}-12-31 (UTC)" in page
    assert "Seller: Cora Consultant" in page
    assert "M-000001" in page
    assert "Sam Seeker 100.00 USD 0.00 USD 15.00 USD 85.00 USD" in page
    issuer = ("Issued by Market Ltd", "1 High Street", "London", "Tax number: GB 123")
    places = [page.index(text) for text in (*issuer, "No VAT is shown.")]
    assert places == sorted(places)
    (page,) = await pdf_of(payments, booking.seeker)
    assert f"Statement of payments M-{year}" in page
    assert "Buyer: Sam Seeker" in page
    assert "Commission" not in page


async def test_totals_are_of_each_currency(payments: Payments, booking: Booking) -> None:
    await pay(payments, booking)
    other = Booking(payments, booking.seeker, booking.consultant, amount=5_000)
    other.fields["currency"] = "jpy"
    await pay(payments, other)
    (page,) = await pdf_of(payments, booking.consultant)
    assert "Total JPY Payments: 1 5000 JPY 0 JPY 750 JPY 4250 JPY" in page
    assert "Total USD Payments: 1 100.00 USD 0.00 USD 15.00 USD 85.00 USD" in page
    shown = (await payments.harness.get("/payments/statement", user=booking.consultant)).json()
    assert [(one["currency"], one["count"], one["net_amount"]) for one in shown["totals"]] == [
        ("jpy", 1, 4_250),
        ("usd", 1, 8_500),
    ]
    assert shown["holder"]["id"] == str(booking.consultant.id)
    assert (shown["number"], shown["tax_id"]) == (str(now().year), None)


async def test_year_without_payments_has_a_statement_that_says_so(
    payments: Payments, booking: Booking
) -> None:
    await pay(payments, booking)
    last = now().year - 1
    (page,) = await pdf_of(payments, booking.consultant, year=last)
    assert f"No payments in {last}." in page
    assert "Total" not in page
    assert "Page 1 of 1" in page


async def test_statement_shows_nobody_elses_payments(payments: Payments, booking: Booking) -> None:
    await pay(payments, booking)
    for stranger in (await payments.seeker(None), await payments.consultant(onboarded=False)):
        (page,) = await pdf_of(payments, stranger)
        assert f"No payments in {now().year}." in page
    refused = await payments.harness.get(PATH)
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("year", [1999, 2100, "next"])
async def test_bad_year_is_refused(payments: Payments, year: Any) -> None:
    user = payments.harness.user("consultant")
    refused = await payments.harness.get(PATH, user=user, params={"year": year})
    assert refused.status_code == 400
    assert [one["field"] for one in refused.json()["errors"]] == ["year"]
