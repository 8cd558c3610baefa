"""Receipts as PDF: what they say, every name in its own script, read back with
the PDF engine of a browser.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import msgspec
import pypdfium2 as pdfium
import pytest

from services.payments.documents.receipt_pdf import receipt_pdf
from services.payments.domain.read_models import Person, Receipt
from services.payments.schemas.documents import receipt_schema
from services.payments.settings import PaymentsSettings
from services.payments.tests.documents import pages_of
from shared.clock import now
from shared.fonts import packaged
from shared.ids import new_id
from shared.settings import BadSettings, load

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


def test_receipts_are_issued_by_the_marketplace_unless_another_name_is_set() -> None:
    for issuer, shown in (("", "Ask Ada"), ("Market Ltd", "Market Ltd")):
        named = msgspec.structs.replace(SETTINGS, brand_name="Ask Ada", receipt_issuer=issuer)
        receipt = receipt_of("Sam", "Seeker")
        (page,) = pages_of(receipt_pdf(receipt, named))
        assert f"Issued by {shown} on behalf of the seller" in page
        assert receipt_schema(receipt, named).issuer == shown


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
        ("สมชาย", "ใจดี"),
        ("मोहन", "शर्मा"),
        ("அருண்", "குமார்"),
        ("రాజు", "వర్మ"),
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
    joined, isolated = (
        [
            round(one.right - one.left, 1)
            for one in placed(receipt_pdf(receipt_of(name, ""), SETTINGS))
        ]
        for name in ("محمد", "م\u200cح\u200cم\u200cد")
    )
    assert len(joined) == len(isolated) == 4
    assert joined != isolated


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
    (shown,) = pages_of(receipt_pdf(receipt_of("ა\x01ბ", "Meier"), SETTINGS))
    assert "Bought by: □□ Meier" in shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Ada\N{GLOWING STAR}", "Ada"),
        ("Ada\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}", "Ada"),
        ("Ada\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}", "Ada"),
        ("Ada\N{REGIONAL INDICATOR SYMBOL LETTER D}\N{REGIONAL INDICATOR SYMBOL LETTER E}", "Ada"),
        ("Ada 1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}", "Ada 1"),
        ("\N{BLACK TELEPHONE}\N{VARIATION SELECTOR-16} Ada", "\N{BLACK TELEPHONE} Ada"),
        ("\u845b\N{VARIATION SELECTOR-17}城", "\u845b城"),  # as in Japanese family names
    ],
)
def test_emoji_and_variants_that_no_font_has_are_left_out(written: str, shown: str) -> None:
    (page,) = pages_of(receipt_pdf(receipt_of(written, "Meier"), SETTINGS))
    assert f"Bought by: {shown} Meier" in page.replace("\N{ZERO WIDTH JOINER}", "")


def test_documents_are_written_in_the_operators_font() -> None:
    own = msgspec.structs.replace(SETTINGS, receipt_font=str(packaged()[1].path))
    pdf = receipt_pdf(receipt_of("محمد", "Ελένη"), own)
    assert b"IBMPlexSansArabic" in pdf
    assert b"Arimo" in pdf  # for what it has not


def test_font_that_is_not_there_is_refused_at_the_start() -> None:
    with pytest.raises(BadSettings, match="RECEIPT_FONT"):
        msgspec.structs.replace(SETTINGS, receipt_font="/nowhere/font.ttf")
