"""The content of receipts and statements."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.payments.domain.read_models import Person, Receipt, Statement, StatementLine
from services.payments.queries.division import SPLIT
from shared.db import Reader

_RECEIPT = """
    select p.receipt_number as number, p.booking_id, p.scheduled_start as session_start,
           p.scheduled_end as session_end, p.due_reason as reason, p.currency,
           p.captured_amount as amount, p.refunded_amount as amount_refunded, p.captured_at,
           p.seeker_id, coalesce(s.first_name, '') as seeker_first,
           coalesce(s.last_name, '') as seeker_last,
           p.consultant_id, coalesce(c.first_name, '') as consultant_first,
           coalesce(c.last_name, '') as consultant_last
    from payments.payments as p
    left join payments.users as s on s.user_id = p.seeker_id
    left join payments.users as c on c.user_id = p.consultant_id
    where p.booking_id = $1 and $2 in (p.seeker_id, p.consultant_id)
      and p.receipt_number is not null
"""


async def receipt_of(reader: Reader, booking_id: UUID, user_id: UUID) -> Receipt | None:
    """The receipt of a booking of which `user_id` is a party; None if nothing was captured."""
    row = await reader.row(_RECEIPT, booking_id, user_id)
    if row is None:
        return None
    values: dict[str, Any] = {
        role: Person(row[f"{role}_id"], row[f"{role}_first"], row[f"{role}_last"])
        for role in ("seeker", "consultant")
    }
    values |= {name: row[name] for name in Receipt.__struct_fields__ if name not in values}
    return Receipt(**values)


_STATEMENT = """
    select p.captured_at, p.receipt_number, p.booking_id, p.scheduled_start as session_start,
           {fields},
           p.{other}_id as other_id, coalesce(u.first_name, '') as first_name,
           coalesce(u.last_name, '') as last_name
    from payments.payments as p
    {split}
    left join payments.users as u on u.user_id = p.{other}_id
    where p.{mine}_id = $1 and p.captured_at >= $2 and p.captured_at < $3
    order by p.captured_at, p.id
"""
_STATEMENTS = {
    "seeker": _STATEMENT.format(
        mine="seeker",
        other="consultant",
        split="",
        fields="p.currency, p.captured_amount as gross, p.refunded_amount as refunded,"
        " 0 as commission, p.captured_amount - p.refunded_amount as net",
    ),
    "consultant": _STATEMENT.format(
        mine="consultant",
        other="seeker",
        split=SPLIT,
        fields="s.currency, s.captured as gross, s.captured - s.remaining as refunded,"
        " s.remaining - s.earned as commission, s.net",
    ),
}


_HOLDER = "select user_id, first_name, last_name from payments.users where user_id = $1"


async def statement_of(reader: Reader, user_id: UUID, role: str, year: int) -> Statement:
    """What the user paid, or earned, in the captures of a year (UTC), oldest first. What a
    consultant earns is known once a capture has settled.
    """
    since, until = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    lines = []
    for row in await reader.rows(_STATEMENTS[role], user_id, since, until):
        other = Person(row["other_id"], row["first_name"], row["last_name"])
        names = (name for name in StatementLine.__struct_fields__ if name != "other")
        lines.append(StatementLine(**{name: row[name] for name in names}, other=other))
    known = await reader.row(_HOLDER, user_id)
    holder = Person(*known) if known is not None else Person(user_id, "", "")
    return Statement(year=year, role=role, holder=holder, lines=lines)
