"""Receipts and statements in responses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from services.payments.domain.model import ChargeReason
from services.payments.domain.printed import receipt_number, statement_number
from services.payments.domain.read_models import Receipt as DomainReceipt
from services.payments.domain.read_models import Statement as DomainStatement
from services.payments.domain.read_models import StatementLine
from services.payments.domain.read_models import StatementTotal as DomainStatementTotal
from services.payments.schemas.people import Person, person_schema
from services.payments.settings import PaymentsSettings


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as printed: `number` counts the receipts of the seller, who is the consultant.
    `reason` says why it was charged; `total` is what was charged, less refunds.
    """

    number: str
    booking_id: UUID
    seeker: Person
    consultant: Person
    session_start: datetime
    session_end: datetime
    reason: ChargeReason
    currency: str
    amount: int
    amount_refunded: int
    total: int
    captured_at: datetime
    issuer: str
    issuer_address: list[str]
    tax_id: str | None
    note: str | None


class StatementRow(msgspec.Struct, frozen=True, kw_only=True):
    """One captured payment; `net_amount` is what the reader paid or received in the end."""

    captured_at: datetime
    receipt_number: str | None
    booking_id: UUID
    other_party: Person
    session_start: datetime
    currency: str
    gross_amount: int
    refunded_amount: int
    commission_amount: int
    net_amount: int


class StatementTotal(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of a statement in one currency; `count` is the number of payments."""

    currency: str
    count: int
    gross_amount: int
    refunded_amount: int
    commission_amount: int
    net_amount: int


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A year's captured payments, oldest first, and their totals by currency. `number` names the
    statement: there is one per person and year. `holder` is the user it belongs to.
    """

    number: str
    year: int
    holder: Person
    issuer: str
    issuer_address: list[str]
    tax_id: str | None
    note: str | None
    items: list[StatementRow]
    totals: list[StatementTotal]


def receipt_schema(receipt: DomainReceipt, settings: PaymentsSettings) -> Receipt:
    """A receipt, with what tax law wants of its issuer."""
    return Receipt(
        number=receipt_number(receipt.number, settings.receipt_number_prefix),
        booking_id=receipt.booking_id,
        seeker=person_schema(receipt.seeker),
        consultant=person_schema(receipt.consultant),
        session_start=receipt.session_start,
        session_end=receipt.session_end,
        reason=receipt.reason or "session_ended",
        currency=receipt.currency,
        amount=receipt.amount,
        amount_refunded=receipt.amount_refunded,
        total=receipt.amount - receipt.amount_refunded,
        captured_at=receipt.captured_at,
        issuer=settings.issuer,
        issuer_address=settings.issuer_address,
        tax_id=settings.receipt_tax_id or None,
        note=settings.receipt_note or None,
    )


def statement_schema(statement: DomainStatement, settings: PaymentsSettings) -> Statement:
    """A statement, with what tax law wants of its issuer."""
    prefix = settings.receipt_number_prefix
    return Statement(
        number=statement_number(statement.year, prefix),
        year=statement.year,
        holder=person_schema(statement.holder),
        issuer=settings.issuer,
        issuer_address=settings.issuer_address,
        tax_id=settings.receipt_tax_id or None,
        note=settings.receipt_note or None,
        items=[statement_row_schema(line, prefix) for line in statement.lines],
        totals=[statement_total_schema(total) for total in statement.totals],
    )


def statement_row_schema(line: StatementLine, prefix: str) -> StatementRow:
    """A captured payment in a statement. `prefix` is that of receipt numbers."""
    number = line.receipt_number
    return StatementRow(
        captured_at=line.captured_at,
        receipt_number=None if number is None else receipt_number(number, prefix),
        booking_id=line.booking_id,
        other_party=person_schema(line.other),
        session_start=line.session_start,
        currency=line.currency,
        gross_amount=line.gross,
        refunded_amount=line.refunded,
        commission_amount=line.commission,
        net_amount=line.net,
    )


def statement_total_schema(total: DomainStatementTotal) -> StatementTotal:
    """The sums of a statement in one currency."""
    return StatementTotal(
        currency=total.currency,
        count=total.count,
        gross_amount=total.gross,
        refunded_amount=total.refunded,
        commission_amount=total.commission,
        net_amount=total.net,
    )
