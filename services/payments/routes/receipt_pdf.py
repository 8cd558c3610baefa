"""A receipt as PDF."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from services.payments.domain.views import Person, Receipt
from services.payments.routes.printed import issuer_address, printed_number
from services.payments.settings import PaymentsSettings
from shared.currencies import CURRENCIES

REASONS = {
    "session_ended": "Expert session",
    "cancelled": "Late cancellation of an expert session",
    "no_show": "Missed expert session",
}
# Where distributions keep a font with most scripts; the PDF's own fonts have Latin letters only.
FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu/DejaVuSans.ttf",
)


def receipt_pdf(receipt: Receipt, settings: PaymentsSettings) -> bytes:
    """One page. Instants are in UTC, and say so."""
    pdf = FPDF()
    number = printed_number(receipt.number, settings)
    family, unicode_font = _font(pdf, settings)
    pdf.set_title(f"Receipt {number}")
    pdf.set_creator(settings.receipt_issuer)
    pdf.set_creation_date(receipt.captured_at)
    pdf.add_page()

    def line(text: str, size: int = 11, gap: float = 0) -> None:
        pdf.set_font(family, size=size)
        shown = text if unicode_font else text.encode("latin-1", "replace").decode("latin-1")
        pdf.multi_cell(0, size * 0.55, shown, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(gap)

    line(f"Receipt {number}", 20, 4)
    line(f"Date: {_instant(receipt.captured_at)}")
    line(f"Booking: {receipt.booking_id}", gap=4)
    line(f"Sold by: {_name(receipt.consultant)}")
    line(f"Bought by: {_name(receipt.seeker)}", gap=4)
    line(REASONS.get(receipt.reason or "", "Expert session"))
    line(f"{_instant(receipt.session_start)} to {_instant(receipt.session_end)}", gap=4)
    money = CURRENCIES[receipt.currency].text
    line(f"Charged to the card: {money(receipt.amount)}")
    if receipt.amount_refunded:
        line(f"Returned to the card: {money(receipt.amount_refunded)}")
    line(f"Total paid: {money(receipt.amount - receipt.amount_refunded)}", 13, 8)
    line(f"Issued by {settings.receipt_issuer} on behalf of the seller", 9)
    for part in issuer_address(settings):
        line(part, 9)
    if settings.receipt_tax_id:
        line(f"Tax number: {settings.receipt_tax_id}", 9)
    if settings.receipt_note:
        line(settings.receipt_note, 9)
    return bytes(pdf.output())


def _font(pdf: FPDF, settings: PaymentsSettings) -> tuple[str, bool]:
    """The family to write with, and whether it has letters beyond Latin-1."""
    for path in (settings.receipt_font, *FONTS):
        if path and Path(path).is_file():
            pdf.add_font("receipt", fname=path)
            return "receipt", True
    return "helvetica", False


def _name(person: Person) -> str:
    return f"{person.first_name} {person.last_name}".strip() or str(person.id)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
