"""How much work is open, and since when, for gauges. Each statement reads a partial index over what
is open, however much is closed.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from shared.db import Reader


class OpenSteps(msgspec.Struct, frozen=True):
    """The open steps of one kind and state: how many there are, and since when the oldest has been
    tried or, if it was not sent yet, due.
    """

    kind: str
    state: str
    number: int
    since: datetime


class Backlog(msgspec.Struct, frozen=True):
    """How many rows wait, and since when the oldest does; None if there are none."""

    number: int
    since: datetime | None


# A step that is due later by plan (a renewal, a delayed payout) is not old; one that has been
# rescheduled again and again is.
_OPERATIONS = """
    select kind, state, count(*) as number, min(coalesce(first_sent_at, due_at)) as since
    from payments.operations where state in ('due', 'running') group by kind, state
    union all
    select kind, state, count(*), min(created_at) from payments.operations where state = 'waiting'
        group by kind, state
"""
_EVENTS = """
    select count(*) as number, min(received_at) as since
    from payments.stripe_events where state = 'pending'
"""
_PAYOUTS = """
    select count(*) as number, min(available_on) as since
    from payments.payouts where status = 'pending'
"""


async def open_steps(reader: Reader) -> list[OpenSteps]:
    """The open steps of the saga by kind and state."""
    return [OpenSteps(**row) for row in await reader.rows(_OPERATIONS)]


async def pending_events(reader: Reader) -> Backlog:
    """Stripe's events that are not handled yet."""
    (row,) = await reader.rows(_EVENTS)
    return Backlog(**row)


async def pending_payouts(reader: Reader) -> Backlog:
    """Payouts that wait to be sent, since they were due."""
    (row,) = await reader.rows(_PAYOUTS)
    return Backlog(**row)
