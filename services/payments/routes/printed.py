"""Receipts and statements as they are printed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.payments.domain.views import Person, Receipt, Statement, StatementLine
from services.payments.schemas import ReceiptView, StatementRow, StatementTotal, StatementView
from services.payments.settings import PaymentsSettings


def printed_number(number: int, settings: PaymentsSettings) -> str:
    """A receipt's number as it is printed: the prefix and six digits."""
    return f"{settings.receipt_number_prefix}{number:06}"


def printed_statement_number(year: int, settings: PaymentsSettings) -> str:
    """A statement's number as it is printed. Each person has one statement a year, so the year
    counts them without gaps.
    """
    return f"{settings.receipt_number_prefix}{year}"


def printed_name(person: Person) -> str:
    """A person's name; their id where it is not known."""
    return f"{person.first_name} {person.last_name}".strip() or str(person.id)


def printed_instant(at: datetime) -> str:
    """An instant to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def issuer_address(settings: PaymentsSettings) -> list[str]:
    """The lines of the issuer's address."""
    return [line.strip() for line in settings.receipt_address.split(";") if line.strip()]


def issued_by(settings: PaymentsSettings, on_behalf: str = "") -> list[str]:
    """Who issues a document, as tax law wants it, a line each."""
    return [
        f"Issued by {settings.issuer}{on_behalf}",
        *issuer_address(settings),
        *([f"Tax number: {settings.receipt_tax_id}"] if settings.receipt_tax_id else []),
        *([settings.receipt_note] if settings.receipt_note else []),
    ]


def receipt_view(receipt: Receipt, settings: PaymentsSettings) -> ReceiptView:
    """A receipt, with what tax law wants of its issuer."""
    return ReceiptView(
        number=printed_number(receipt.number, settings),
        booking_id=receipt.booking_id,
        seeker=receipt.seeker,
        consultant=receipt.consultant,
        session_start=receipt.session_start,
        session_end=receipt.session_end,
        reason=receipt.reason or "session_ended",
        currency=receipt.currency,
        amount=receipt.amount,
        amount_refunded=receipt.amount_refunded,
        total=receipt.amount - receipt.amount_refunded,
        captured_at=receipt.captured_at,
        issuer=settings.issuer,
        issuer_address=issuer_address(settings),
        tax_id=settings.receipt_tax_id or None,
        note=settings.receipt_note or None,
    )


def statement_row(line: StatementLine, settings: PaymentsSettings) -> StatementRow:
    """A captured payment as a line of a statement."""
    number = line.receipt_number
    return StatementRow(
        captured_at=line.captured_at,
        receipt_number=None if number is None else printed_number(number, settings),
        booking_id=line.booking_id,
        other_party=line.other,
        session_start=line.session_start,
        currency=line.currency,
        gross_amount=line.gross,
        refunded_amount=line.refunded,
        commission_amount=line.commission,
        net_amount=line.net,
    )


def statement_view(statement: Statement, settings: PaymentsSettings) -> StatementView:
    """A statement, with what tax law wants of its issuer."""
    return StatementView(
        number=printed_statement_number(statement.year, settings),
        year=statement.year,
        holder=statement.holder,
        issuer=settings.issuer,
        issuer_address=issuer_address(settings),
        tax_id=settings.receipt_tax_id or None,
        note=settings.receipt_note or None,
        items=[statement_row(line, settings) for line in statement.lines],
        totals=statement_totals(statement.lines),
    )


def statement_totals(lines: Iterable[StatementLine]) -> list[StatementTotal]:
    """The sums of each currency, in the order of their codes."""
    by_currency: dict[str, list[StatementLine]] = {}
    for line in lines:
        by_currency.setdefault(line.currency, []).append(line)
    return [
        StatementTotal(
            currency=currency,
            count=len(found),
            gross_amount=sum(line.gross for line in found),
            refunded_amount=sum(line.refunded for line in found),
            commission_amount=sum(line.commission for line in found),
            net_amount=sum(line.net for line in found),
        )
        for currency, found in sorted(by_currency.items())
    ]
