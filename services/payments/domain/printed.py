"""Numbers, names and instants as receipts and statements print them."""

from __future__ import annotations

from datetime import datetime

from services.payments.domain.read_models import Person


def receipt_number(number: int, prefix: str) -> str:
    """A receipt's number: the prefix and six digits."""
    return f"{prefix}{number:06}"


def statement_number(year: int, prefix: str) -> str:
    """A statement's number. Each person has one statement a year, so the year counts them without
    gaps.
    """
    return f"{prefix}{year}"


def printed_name(person: Person) -> str:
    """A person's name; their id where it is not known."""
    return f"{person.first_name} {person.last_name}".strip() or str(person.id)


def printed_instant(at: datetime) -> str:
    """An instant to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
