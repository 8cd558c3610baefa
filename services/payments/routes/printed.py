"""Receipts and statements as they are printed."""

from __future__ import annotations

from services.payments.domain.views import Receipt, StatementLine
from services.payments.schemas import ReceiptView, StatementRow
from services.payments.settings import PaymentsSettings


def printed_number(number: int, settings: PaymentsSettings) -> str:
    """A receipt's number as it is printed: the prefix and six digits."""
    return f"{settings.receipt_number_prefix}{number:06}"


def issuer_address(settings: PaymentsSettings) -> list[str]:
    """The lines of the issuer's address."""
    return [line.strip() for line in settings.receipt_address.split(";") if line.strip()]


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
        issuer=settings.receipt_issuer,
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
