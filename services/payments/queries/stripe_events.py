"""Stripe's events as stored, for operators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ARRAY, String, bindparam, func, literal_column, select

from services.payments.domain.model import StripeEventState
from services.payments.tables import stripe_events
from shared.db import Query, Reader


class ListedEvent(msgspec.Struct, frozen=True):
    """A stored event. `tries` is how often it was tried to handle it, `last_error` why that failed
    or why it is ignored.
    """

    event_id: str
    type: str
    state: StripeEventState
    tries: int
    received_at: datetime
    last_error: str | None


_LISTED = Query(
    select(*(stripe_events.c[name] for name in ListedEvent.__struct_fields__))
    .where(stripe_events.c.state == func.any(bindparam("states", type_=ARRAY(String))))
    .order_by(stripe_events.c.received_at.desc())
    .limit(literal_column("200"))
)
_BODY = Query(select(stripe_events.c.body).where(stripe_events.c.event_id == bindparam("event")))


async def events_in(reader: Reader, states: Sequence[StripeEventState]) -> list[ListedEvent]:
    """The newest 200 events in these states, newest first."""
    rows = await reader.rows(_LISTED, states=states)
    return [ListedEvent(**{**row, "state": StripeEventState(row["state"])}) for row in rows]


async def body_of(reader: Reader, event_id: str) -> bytes | None:
    """The event as Stripe sent it; None if it is not stored."""
    found: bytes | None = await reader.value(_BODY, event=event_id)
    return found
