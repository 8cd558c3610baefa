"""Receipts and statements: for their parties, numbered without gaps, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import NamedTuple

import msgspec
import pypdfium2 as pdfium
import pytest

from services.payments.domain.views import Person, Receipt
from services.payments.routes.pdf_fonts import packaged
from services.payments.routes.receipt_pdf import receipt_pdf
from services.payments.settings import PaymentsSettings
from services.payments.tests.actors import Booking, Make, Payments
from services.payments.tests.documents import pages_of
from shared.auth import User
from shared.clock import now
from shared.events import UserUpdated
from shared.ids import new_id
from shared.settings import BadSettings, load


async def pay(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()


async def statement(payments: Payments, user: User, **query: int) -> list[dict[str, str]]:
    answer = await payments.harness.get("/payments/statement.csv", user=user, params=query)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_receipt_is_for_both_parties(payments: Payments, booking: Booking) -> None:
    await pay(payments, booking)
    path = f"/payments/{booking.id}/receipt.pdf"
    for user in (booking.seeker, booking.consultant):
        answer = await payments.harness.get(path, user=user)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["content-disposition"] == 'attachment; filename="receipt-000001.pdf"'
    for stranger in (payments.harness.user("seeker"), payments.harness.user("consultant")):
        refused = await payments.harness.get(path, user=stranger)
        assert (refused.status_code, refused.json()["code"]) == (404, "no_receipt")


@pytest.mark.parametrize("document", ["receipt", "receipt.pdf"])
async def test_nothing_charged_has_no_receipt(
    payments: Payments, booking: Booking, document: str
) -> None:
    await booking.authorize()
    answer = await payments.harness.get(f"/payments/{booking.id}/{document}", user=booking.seeker)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_receipt")


async def test_receipt_can_be_shown_on_a_page(make_payments: Make) -> None:
    payments = await make_payments(
        receipt_issuer="Market Ltd",
        receipt_address="1 High Street; London",
        receipt_tax_id="GB 123",
        receipt_number_prefix="M-",
    )
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
    (line,) = await statement(payments, booking.seeker)
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
        lines = await statement(payments, consultant)
        assert [int(line["receipt_number"]) for line in lines] == numbers


SETTINGS = load(
    PaymentsSettings,
    {
        "DATABASE_URL": "postgresql://payments:x@127.0.0.1/x",
        "AMQP_URL": "amqp://127.0.0.1/",
        "STRIPE_SECRET_KEY": "sk_test_1",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_1",
        "STRIPE_WEBHOOK_SECRET": "whsec_12345678",
        "RECEIPT_ISSUER": "Market Ltd",
        "RECEIPT_ADDRESS": "1 High Street;London",
        "RECEIPT_TAX_ID": "GB 123",
        "RECEIPT_NUMBER_PREFIX": "2026-",
    },
)


def receipt_of(first_name: str, last_name: str) -> Receipt:
    at = now()
    return Receipt(
        number=7,
        booking_id=new_id(),
        seeker=Person(new_id(), first_name, last_name),
        consultant=Person(new_id(), "Ada", "Lovelace"),
        session_start=at,
        session_end=at,
        reason="session_ended",
        currency="jpy",
        amount=1_200,
        amount_refunded=200,
        captured_at=at,
    )


def test_receipt_says_what_was_paid_and_what_tax_law_wants() -> None:
    (shown,) = pages_of(receipt_pdf(receipt_of("Søren", "Żak"), SETTINGS))
    assert "Receipt 2026-000007" in shown
    assert "Sold by: Ada Lovelace" in shown
    assert "Bought by: Søren Żak" in shown
    assert "Charged to the card: 1200 JPY" in shown
    assert "Returned to the card: 200 JPY" in shown
    assert "Total paid: 1000 JPY" in shown
    assert "Issued by Market Ltd on behalf of the seller" in shown
    assert "Tax number: GB 123" in shown
    assert shown.index("1 High Street") < shown.index("London") < shown.index("Page 1 of 1")


@pytest.mark.parametrize(
    ("first_name", "last_name"),
    [
        ("Jürgen", "Weißgerber"),
        ("Zażółć", "Gęślą-Jaźń"),
        ("Ελένη", "Παπαδοπούλου"),
        ("Їжак", "Щедрин"),
        ("Nguyễn", "Thị Ánh"),
        ("小明", "王"),
        ("さくら", "山田"),
        ("민준", "김"),
    ],
)
def test_names_are_printed_in_their_own_script(first_name: str, last_name: str) -> None:
    """Read back by the PDF engine of a browser."""
    (shown,) = pages_of(receipt_pdf(receipt_of(first_name, last_name), SETTINGS))
    assert f"Bought by: {first_name} {last_name}" in shown
    assert "Total paid: 1000 JPY" in shown


@pytest.mark.parametrize(
    ("first_name", "last_name"),
    [("محمد", "عبد الرحمن"), ("شهریار", "گلچین"), ("שרה", "כהן-לוי")],
)
def test_names_run_from_right_to_left_where_their_script_does(
    first_name: str, last_name: str
) -> None:
    """Readers disagree on the order of words where both directions meet in a line, so that is told
    from where the letters are.
    """
    pdf = receipt_pdf(receipt_of(first_name, last_name), SETTINGS)
    (shown,) = pages_of(pdf)
    words = {"".join(sorted(word)) for word in shown.split()}
    for word in (first_name, *last_name.split()):
        assert "".join(sorted(word)) in words
    letters = placed(pdf)
    assert len(letters) == len(f"{first_name}{last_name}".replace(" ", "").replace("-", ""))
    assert max(letters, key=lambda one: one.right).letter == first_name[0]


def test_arabic_letters_are_joined() -> None:
    """Their joined forms are narrower or wider than the letters that stand alone."""
    joined, alone = (
        [
            round(one.right - one.left, 1)
            for one in placed(receipt_pdf(receipt_of(name, ""), SETTINGS))
        ]
        for name in ("محمد", "م\u200cح\u200cم\u200cد")
    )
    assert len(joined) == len(alone) == 4
    assert joined != alone


class Placed(NamedTuple):
    """A letter, and where it is, in points from the left edge of the page."""

    letter: str
    left: float
    right: float


def placed(pdf: bytes) -> list[Placed]:
    """The Hebrew and Arabic letters on the first page."""
    with pdfium.PdfDocument(pdf) as document:
        page = document[0].get_textpage()
        text = page.get_text_range()
        boxes = [(one, page.get_charbox(at)) for at, one in enumerate(text)]
    return [
        Placed(one, left, right)
        for one, (left, _, right, _) in boxes
        if unicodedata.bidirectional(one) in ("R", "AL")
    ]


def test_characters_that_no_font_has_are_boxes() -> None:
    (shown,) = pages_of(receipt_pdf(receipt_of("ก\x01ข", "Meier"), SETTINGS))
    assert "Bought by: □□ Meier" in shown


def test_documents_are_written_in_the_operators_font() -> None:
    own = msgspec.structs.replace(SETTINGS, receipt_font=str(packaged()[1].path))
    pdf = receipt_pdf(receipt_of("محمد", "Ελένη"), own)
    assert b"IBMPlexSansArabic" in pdf
    assert b"Arimo" in pdf  # for what it has not


def test_font_that_is_not_there_is_refused_at_the_start() -> None:
    with pytest.raises(BadSettings, match="RECEIPT_FONT"):
        msgspec.structs.replace(SETTINGS, receipt_font="/nowhere/font.ttf")


async def test_statement_is_a_row_per_capture(payments: Payments, booking: Booking) -> None:
    await pay(payments, booking)
    half = {"reason": "half", "amount": 5_000}
    await payments.harness.post(
        f"/payments/{booking.id}/refund", user=booking.consultant, json=half
    )
    await payments.settle()
    (paid,) = await statement(payments, booking.seeker)
    assert (paid["gross_amount"], paid["refunded_amount"], paid["commission_amount"]) == (
        "100.00",
        "50.00",
        "0.00",
    )
    assert (paid["net_amount"], paid["currency"]) == ("50.00", "usd")
    (earned,) = await statement(payments, booking.consultant, year=now().year)
    assert (earned["gross_amount"], earned["refunded_amount"]) == ("100.00", "50.00")
    assert (earned["commission_amount"], earned["net_amount"]) == ("7.50", "42.50")
    assert await statement(payments, booking.seeker, year=now().year - 1) == []
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
    (line,) = await statement(payments, booking.seeker)
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
