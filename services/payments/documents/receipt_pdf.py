"""A receipt as PDF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from services.payments.documents.pdf_sheet import Sheet, issued_by
from services.payments.domain.printed import printed_instant, printed_name, receipt_number
from services.payments.domain.read_models import Receipt
from services.payments.settings import PaymentsSettings
from shared.currencies import CURRENCIES

REASONS = {
    "session_ended": "Expert session",
    "cancelled": "Late cancellation of an expert session",
    "no_show": "Missed expert session",
}


class Paragraph(NamedTuple):
    """A paragraph, its size in points, and the millimetres after it."""

    text: str
    size: float = 11
    gap: float = 0


def receipt_pdf(receipt: Receipt, settings: PaymentsSettings) -> bytes:
    """One page. Instants are in UTC, and say so."""
    title = f"Receipt {receipt_number(receipt.number, settings.receipt_number_prefix)}"
    paragraphs = [Paragraph(title, 20, 4), *_facts(receipt), *_amounts(receipt)]
    on_behalf = " on behalf of the seller"
    paragraphs += [Paragraph(line, 9) for line in issued_by(settings, on_behalf)]
    text = "".join(paragraph.text for paragraph in paragraphs)
    sheet = Sheet(title, text, settings, receipt.captured_at)
    for paragraph in paragraphs:
        sheet.paragraph(*paragraph)
    return bytes(sheet.output())


def _facts(receipt: Receipt) -> Iterator[Paragraph]:
    yield Paragraph(f"Date: {printed_instant(receipt.captured_at)}")
    yield Paragraph(f"Booking: {receipt.booking_id}", gap=4)
    yield Paragraph(f"Sold by: {printed_name(receipt.consultant)}")
    yield Paragraph(f"Bought by: {printed_name(receipt.seeker)}", gap=4)
    yield Paragraph(REASONS.get(receipt.reason or "", "Expert session"))
    start, end = printed_instant(receipt.session_start), printed_instant(receipt.session_end)
    yield Paragraph(f"{start} to {end}", gap=4)


def _amounts(receipt: Receipt) -> Iterator[Paragraph]:
    money = CURRENCIES[receipt.currency].text
    yield Paragraph(f"Charged to the card: {money(receipt.amount)}")
    if receipt.amount_refunded:
        yield Paragraph(f"Returned to the card: {money(receipt.amount_refunded)}")
    total = receipt.amount - receipt.amount_refunded
    yield Paragraph(f"Total paid: {money(total)}", 13, 8)
