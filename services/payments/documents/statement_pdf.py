"""A year's statement as PDF."""

from __future__ import annotations

from typing import NamedTuple

from fpdf.enums import Align

from services.payments.documents.pdf_sheet import Column, Sheet, issued_by
from services.payments.domain.printed import (
    printed_instant,
    printed_name,
    receipt_number,
    statement_number,
)
from services.payments.domain.read_models import Statement, StatementLine, StatementTotal
from services.payments.settings import PaymentsSettings
from shared.clock import now
from shared.currencies import CURRENCIES


class Words(NamedTuple):
    """What is called differently on the statements of the two parties."""

    title: str
    holder: str
    other: str
    net: str


WORDS = {
    "seeker": Words("Statement of payments", "Buyer", "Expert", "Paid"),
    "consultant": Words("Statement of earnings", "Seller", "Seeker", "Earned"),
}
# Millimetres; the other party's name has what is left of the page.
PAGE, DATE, RECEIPT, SESSION, AMOUNT = 277, 36, 40, 36, 31
SIZE = 8.5


def statement_pdf(statement: Statement, settings: PaymentsSettings) -> bytes:
    """A landscape page or more: whose statement it is, a row per captured payment, the totals of
    each currency, and who issues it. Instants are in UTC, and say so.
    """
    words, created = WORDS[statement.role], now()
    prefix = settings.receipt_number_prefix
    title = f"{words.title} {statement_number(statement.year, prefix)}"
    head = [
        f"Period: {statement.year}-01-01 to {statement.year}-12-31 (UTC)",
        f"Created: {printed_instant(created)}",
        f"{words.holder}: {printed_name(statement.holder)}",
    ]
    issuer = issued_by(settings)
    columns = _columns(statement.role)
    rows = [_row(line, statement.role, prefix) for line in statement.lines]
    text = "".join((title, *head, *issuer, *(text for row in rows for text in row)))
    sheet = Sheet(title, text, settings, created, "landscape")
    sheet.paragraph(title, 18, 3)
    for line in head:
        sheet.paragraph(line, 10)
    sheet.ln(4)
    if rows:
        totals = [_total(total, statement.role) for total in statement.totals]
        sheet.write_table(columns, rows, totals, SIZE)
    else:
        sheet.paragraph(f"No payments in {statement.year}.", 10)
    sheet.ln(4)
    for line in issuer:
        sheet.paragraph(line, 9)
    return bytes(sheet.output())


def _columns(role: str) -> list[Column]:
    words = WORDS[role]
    amounts = ["Price", "Refunded", *(["Commission"] if role == "consultant" else []), words.net]
    rest = PAGE - DATE - RECEIPT - SESSION - AMOUNT * len(amounts)
    return [
        Column("Date (UTC)", DATE),
        Column("Receipt", RECEIPT),
        Column("Session (UTC)", SESSION),
        Column(words.other, rest),
        *(Column(amount, AMOUNT, Align.R) for amount in amounts),
    ]


def _row(line: StatementLine, role: str, prefix: str) -> list[str]:
    number = line.receipt_number
    return [
        f"{line.captured_at:%Y-%m-%d %H:%M}",
        "–" if number is None else receipt_number(number, prefix),
        f"{line.session_start:%Y-%m-%d %H:%M}",
        printed_name(line.other),
        *_amounts(line, role),
    ]


def _total(total: StatementTotal, role: str) -> list[str]:
    amounts = _amounts(total, role)
    return [f"Total {total.currency.upper()}", f"Payments: {total.count}", "", "", *amounts]


def _amounts(of: StatementLine | StatementTotal, role: str) -> list[str]:
    """Commission is the consultant's alone."""
    money = CURRENCIES[of.currency].text
    commission = [of.commission] if role == "consultant" else []
    return [money(amount) for amount in (of.gross, of.refunded, *commission, of.net)]
