"""Pages of a user's payments and payouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from services.payments.domain.read_models import ListedPayment, ListedPayout, Person
from services.payments.queries.division import SPLIT
from shared.db import Reader
from shared.paging import Page, decode_cursor, page

# A user's payments, newest first, with the other party: what a seeker paid, or a consultant earned.
_LISTED = """
    select p.id, p.booking_id, p.scheduled_start,
           p.{other}_id as other_id, coalesce(u.first_name, '') as first_name,
           coalesce(u.last_name, '') as last_name, {fields}
    from payments.payments as p {joined}
    left join payments.users as u on u.user_id = p.{other}_id
    where p.{mine}_id = $1{only} and ($2::uuid is null or p.id < $2)
    order by p.id desc limit $3
"""
_HISTORY = _LISTED.format(
    mine="seeker",
    other="consultant",
    joined="",
    only=" and p.status not in ('none', 'authorizing')",
    fields="""p.refunded_amount,
           p.captured_amount - p.refunded_amount as charged_amount, p.currency, p.status,
           p.created_at,
           case when p.captured_amount > 0 then p.captured_amount
                when p.status = 'failed' and p.due = 'capture' then p.due_amount
                else p.amount end as amount""",
)
_PAYOUTS = _LISTED.format(
    mine="consultant",
    other="seeker",
    joined=SPLIT,
    only="",
    fields="""s.remaining as gross_amount, s.remaining - s.earned as commission_amount,
           s.net as amount, o.currency, o.status, o.transfer_id, o.available_on,
           o.created_at""",
)
Item = TypeVar("Item", ListedPayment, ListedPayout)


async def history_of(
    reader: Reader, user_id: UUID, limit: int, cursor: str | None
) -> Page[ListedPayment]:
    """The seeker's payments from the first authorisation on, newest first."""
    scope = f"history {user_id}"
    after = _after(cursor, scope)
    rows = await reader.rows(_HISTORY, user_id, after, limit + 1)
    return _page(ListedPayment, rows, "consultant", limit, scope)


async def payouts_of(
    reader: Reader, user_id: UUID, limit: int, cursor: str | None
) -> Page[ListedPayout]:
    """The consultant's payouts, newest first."""
    scope = f"payouts {user_id}"
    after = _after(cursor, scope)
    rows = await reader.rows(_PAYOUTS, user_id, after, limit + 1)
    return _page(ListedPayout, rows, "seeker", limit, scope)


def _after(cursor: str | None, scope: str) -> UUID | None:
    return decode_cursor(cursor, (UUID,), scope)[0] if cursor is not None else None


def _page(kind: type[Item], rows: Sequence[Any], other: str, limit: int, scope: str) -> Page[Item]:
    items = []
    for row in rows:
        values: dict[str, Any] = {
            name: row[name] for name in kind.__struct_fields__ if name != other
        }
        values[other] = Person(row["other_id"], row["first_name"], row["last_name"])
        items.append(kind(**values))
    return page(items, limit, lambda item: (str(item.id),), scope)
