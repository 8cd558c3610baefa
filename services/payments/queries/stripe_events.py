"""Stripe's events as stored, for operators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.payments.domain.model import StripeEventState
from shared.db import Reader

_LISTED = """
    select event_id, type, state, tries, received_at, last_error from payments.stripe_events
    where state = any($1::text[]) order by received_at desc limit 200
"""


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


async def events_in(reader: Reader, states: Sequence[StripeEventState]) -> list[ListedEvent]:
    """The newest 200 events in these states, newest first."""
    rows = await reader.rows(_LISTED, states)
    return [ListedEvent(**{**row, "state": StripeEventState(row["state"])}) for row in rows]


async def body_of(reader: Reader, event_id: str) -> bytes | None:
    """The event as Stripe sent it; None if it is not stored."""
    found: bytes | None = await reader.value(
        "select body from payments.stripe_events where event_id = $1", event_id
    )
    return found
