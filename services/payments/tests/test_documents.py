"""Receipts and statements: for their parties, numbered without gaps, safe in a spreadsheet."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from services.payments.documents.receipt_pdf import receipt_pdf
from services.payments.routes import documents
from services.payments.tests.actors import Booking, Make, Payments
from services.payments.tests.documents import ISSUER, pay, rows_of
from shared.clock import now
from shared.events import UserUpdated
from shared.testing import eventually

PATIENCE = 30.0  # seconds


async def test_receipt_is_for_both_parties(payments: Payments, booking: Booking) -> None:
    await pay(payments, booking)
    path = f"/payments/{booking.id}/receipt.pdf"
    content = await payments.harness.get(path.removesuffix(".pdf"), user=booking.seeker)
    name = f"receipt-{content.json()['captured_at'][:10]}-000001.pdf"
    for user in (booking.seeker, booking.consultant):
        answer = await payments.harness.get(path, user=user)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    for stranger in (payments.harness.user("seeker"), payments.harness.user("consultant")):
        refused = await payments.harness.get(path, user=stranger)
        assert (refused.status_code, refused.json()["code"]) == (404, "no_receipt")


async def test_documents_are_written_one_at_a_time(
    payments: Payments, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each may need much memory for its fonts."""
    await pay(payments, booking)
    begun: list[object] = []
    may_end = threading.Event()

    def write(*what: Any) -> bytes:
        begun.append(what)
        assert may_end.wait(PATIENCE)
        return receipt_pdf(*what)

    async def others_wait() -> bool:
        return documents.WRITER._work_queue.qsize() == 4

    monkeypatch.setattr(documents, "receipt_pdf", write)
    path = f"/payments/{booking.id}/receipt.pdf"
    get = payments.harness.get
    answers = [asyncio.create_task(get(path, user=booking.seeker)) for _ in range(5)]
    try:
        await eventually(others_wait)
        assert len(begun) == 1
    finally:
        may_end.set()
    assert [(await answer).status_code for answer in answers] == [200] * 5


@pytest.mark.parametrize("document", ["receipt", "receipt.pdf"])
async def test_nothing_charged_has_no_receipt(
    payments: Payments, booking: Booking, document: str
) -> None:
    await booking.authorize()
    answer = await payments.harness.get(f"/payments/{booking.id}/{document}", user=booking.seeker)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_receipt")


async def test_receipt_can_be_shown_on_a_page(make_payments: Make) -> None:
    payments = await make_payments(**ISSUER)
    booking = Booking(payments, await payments.seeker(), await payments.consultant())
    await pay(payments, booking)
    await payments.harness.post(
        f"/payments/{booking.id}/refund",
        user=booking.consultant,
        json={"reason": "half", "amount": 4_000},
    )
    await payments.settle()
    path = f"/payments/{booking.id}/receipt"
    answer = await payments.harness.get(path, user=booking.seeker)
    assert answer.status_code == 200
    shown = answer.json()
    assert shown == (await payments.harness.get(path, user=booking.consultant)).json()
    assert (shown["number"], shown["reason"], shown["booking_id"]) == (
        "M-000001",
        "session_ended",
        str(booking.id),
    )
    assert (shown["amount"], shown["amount_refunded"], shown["total"]) == (10_000, 4_000, 6_000)
    assert shown["seeker"]["id"] == str(booking.seeker.id)
    assert shown["consultant"]["id"] == str(booking.consultant.id)
    assert (shown["issuer"], shown["issuer_address"]) == ("Market Ltd", ["1 High Street", "London"])
    assert (shown["tax_id"], shown["note"]) == ("GB 123", None)
    (line,) = await rows_of(payments, booking.seeker)
    assert line["receipt_number"] == shown["number"]
    refused = await payments.harness.get(path, user=payments.harness.user("seeker"))
    assert (refused.status_code, refused.json()["code"]) == (404, "no_receipt")


async def test_statement_can_be_shown_on_a_page(payments: Payments, booking: Booking) -> None:
    await pay(payments, booking)
    path = "/payments/statement"
    shown = (await payments.harness.get(path, user=booking.consultant)).json()
    assert shown["year"] == now().year
    (row,) = shown["items"]
    assert (row["gross_amount"], row["commission_amount"], row["net_amount"]) == (
        10_000,
        1_500,
        8_500,
    )
    assert (row["receipt_number"], row["refunded_amount"], row["currency"]) == ("000001", 0, "usd")
    assert row["other_party"]["id"] == str(booking.seeker.id)
    last = {"year": now().year - 1}
    earlier = await payments.harness.get(path, user=booking.consultant, params=last)
    assert (earlier.json()["year"], earlier.json()["items"]) == (now().year - 1, [])
    bad = await payments.harness.get(path, user=booking.consultant, params={"year": 1999})
    assert bad.status_code == 400
    assert [one["field"] for one in bad.json()["errors"]] == ["year"]


async def test_receipts_of_a_seller_are_numbered_without_gaps(payments: Payments) -> None:
    seeker, one, other = (
        await payments.seeker(),
        await payments.consultant(),
        await payments.consultant(),
    )
    for consultant in (one, other, one):
        booking = Booking(payments, seeker, consultant)
        await pay(payments, booking)
        await payments.receive_events()
    free = Booking(payments, seeker, one)
    await free.authorize()
    await free.deliver(free.ended(billable=False))
    await payments.settle()
    await pay(payments, Booking(payments, seeker, one))
    for consultant, numbers in ((one, [1, 2, 3]), (other, [1])):
        lines = await rows_of(payments, consultant)
        assert [int(line["receipt_number"]) for line in lines] == numbers


async def test_statement_is_a_row_per_capture(payments: Payments, booking: Booking) -> None:
    await pay(payments, booking)
    half = {"reason": "half", "amount": 5_000}
    await payments.harness.post(
        f"/payments/{booking.id}/refund", user=booking.consultant, json=half
    )
    await payments.settle()
    (paid,) = await rows_of(payments, booking.seeker)
    assert (paid["gross_amount"], paid["refunded_amount"], paid["commission_amount"]) == (
        "100.00",
        "50.00",
        "0.00",
    )
    assert (paid["net_amount"], paid["currency"]) == ("50.00", "usd")
    (earned,) = await rows_of(payments, booking.consultant, year=now().year)
    assert (earned["gross_amount"], earned["refunded_amount"]) == ("100.00", "50.00")
    assert (earned["commission_amount"], earned["net_amount"]) == ("7.50", "42.50")
    assert await rows_of(payments, booking.seeker, year=now().year - 1) == []
    for bad in (1999, 2100):
        answer = await payments.harness.get(
            "/payments/statement.csv", user=booking.seeker, params={"year": bad}
        )
        assert answer.status_code == 400
        assert [one["field"] for one in answer.json()["errors"]] == ["year"]


async def test_names_in_a_statement_are_no_formulas(payments: Payments, booking: Booking) -> None:
    await pay(payments, booking)
    user = booking.consultant
    await payments.harness.deliver(
        UserUpdated(
            user_id=user.id,
            role="consultant",
            first_name='=HYPERLINK("http://x","y"),1',
            last_name="x",
            email="c@example.com",
        )
    )
    (line,) = await rows_of(payments, booking.seeker)
    assert line["other_party"] == '\'=HYPERLINK("http://x","y"),1 x'


async def test_payouts_and_summary_add_up_after_a_refund(
    payments: Payments, booking: Booking
) -> None:
    await pay(payments, booking)
    await payments.harness.post(
        f"/payments/{booking.id}/refund",
        user=booking.consultant,
        json={"reason": "half", "amount": 5_000},
    )
    await payments.settle()
    (payout,) = (await payments.harness.get("/payments/payouts", user=booking.consultant)).json()[
        "items"
    ]
    assert (payout["gross_amount"], payout["commission_amount"]) == (5_000, 750)
    assert (payout["amount"], payout["status"]) == (4_250, "paid")
    (month,) = (await payments.harness.get("/payments/summary", user=booking.consultant)).json()[
        "items"
    ]
    assert (month["gross"], month["commission"], month["net"]) == (5_000, 750, 4_250)
    (item,) = (await payments.harness.get("/payments/history", user=booking.seeker)).json()["items"]
    assert (item["amount"], item["amount_refunded"]) == (10_000, 5_000)
