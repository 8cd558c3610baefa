"""A year's statement as CSV (RFC 4180, UTF-8)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from services.payments.domain.printed import receipt_number
from services.payments.domain.read_models import StatementLine
from services.payments.settings import PaymentsSettings
from shared.currencies import CURRENCIES

HEADER = (
    "date",
    "receipt_number",
    "booking_id",
    "session_start",
    "other_party",
    "currency",
    "gross_amount",
    "refunded_amount",
    "commission_amount",
    "net_amount",
)
# What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def statement_csv(lines: Iterable[StatementLine], settings: PaymentsSettings) -> bytes:
    """A header and a row per captured payment. Receipts have their printed numbers, amounts are
    decimals in the currency's usual unit, and instants are in RFC 3339, UTC.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, dialect="excel", lineterminator="\r\n")
    writer.writerow(HEADER)
    prefix = settings.receipt_number_prefix
    for line in lines:
        money = CURRENCIES[line.currency].text
        number = line.receipt_number
        amounts = (line.gross, line.refunded, line.commission, line.net)
        writer.writerow(
            (
                f"{line.captured_at:%Y-%m-%dT%H:%M:%SZ}",
                "" if number is None else receipt_number(number, prefix),
                line.booking_id,
                f"{line.session_start:%Y-%m-%dT%H:%M:%SZ}",
                _text(f"{line.other.first_name} {line.other.last_name}".strip()),
                line.currency,
                *(money(amount).partition(" ")[0] for amount in amounts),
            )
        )
    return out.getvalue().encode()


def _text(value: str) -> str:
    """A name that a spreadsheet will not run: one that begins like a formula is quoted."""
    return f"'{value}" if value.startswith(_FORMULA) else value
