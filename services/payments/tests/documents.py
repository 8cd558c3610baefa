"""Receipts and statements in tests: a paid booking, tables read as rows, PDFs read as people do."""

from __future__ import annotations

import csv
import io

import pypdfium2 as pdfium

from services.payments.tests.actors import Booking, Payments
from shared.auth import User

# Settings of a marketplace that says who it is.
ISSUER = {
    "receipt_issuer": "Market Ltd",
    "receipt_address": "1 High Street; London",
    "receipt_tax_id": "GB 123",
    "receipt_number_prefix": "M-",
}


async def pay(payments: Payments, booking: Booking) -> None:
    """The booking's session, which is paid."""
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()


async def rows_of(payments: Payments, user: User, **query: int) -> list[dict[str, str]]:
    """The rows of a statement's table."""
    answer = await payments.harness.get("/payments/statement.csv", user=user, params=query)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, read with PDFium, the engine of a browser."""
    with pdfium.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]
