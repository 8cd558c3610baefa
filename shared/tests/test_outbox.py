"""Events are written with the transaction that makes them true, and published after its commit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from shared import publisher as publishing
from shared.db import Database, Query
from shared.events import BookingAccepted
from shared.ids import new_id
from shared.outbox import Emission, emit, insert_event_sql, insert_events, sequences_of
from shared.telemetry import RequestContext, request_context
from shared.testing import eventually
from shared.tests.publishers import Broker, emitted, replica, until_empty

Make = Callable[..., BookingAccepted]


async def test_emit_in_a_rolled_back_transaction_publishes_nothing(
    booking: Database, accepted: Make
) -> None:
    broker = Broker()
    async with replica(booking, broker):
        with pytest.raises(ZeroDivisionError):
            async with booking.transaction() as db:
                await emit(db, accepted())
                1 / 0  # noqa: B018
        await emitted(booking, event := accepted())
        await until_empty(booking)
    assert [one.aggregate_id for one in broker.sent] == [event.booking_id]


async def test_emit_carries_the_request_id_and_the_trace(booking: Database, accepted: Make) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    token = request_context.set(RequestContext("request-1", "event-0", parent))
    await emitted(booking, accepted())
    request_context.reset(token)
    row = await booking.reader.row("select correlation_id, causation_id, traceparent from outbox")
    assert row is not None
    assert tuple(row) == ("request-1", "event-0", parent)


async def test_what_is_committed_is_published_at_once_from_memory_and_its_row_deleted(
    booking: Database, accepted: Make
) -> None:
    broker, one = Broker(), new_id()
    async with replica(booking, broker):
        for amount in range(30):
            await emitted(booking, accepted(booking_id=one, amount=amount))

        async def all_sent() -> bool:
            return len(broker.sent) == 30

        # The sweep would take the five seconds after which a row counts as abandoned.
        await eventually(all_sent, within=publishing.ABANDONED_AFTER - 1)
        await until_empty(booking)
    assert [event.sequence for event in broker.sent] == list(range(1, 31))


async def test_statement_that_writes_its_events_itself_publishes_them(
    booking: Database, accepted: Make
) -> None:
    broker, first = Broker(), accepted()
    core = Emission(first, accepted(booking_id=first.booking_id))
    rows = insert_events(2).cte("emitted")
    by_text = Emission(accepted(booking_id=first.booking_id))
    textual = Query(text(insert_event_sql("booking", "(select 1) as one")))
    async with replica(booking, broker):
        async with booking.transaction() as db:
            query = Query(select(sequences_of(rows)))
            (found,) = await db(query, **core.parameters)
            core.written(db, next(iter(found.values())))
        (row,) = await booking.autocommit(textual, **by_text.parameters)
        by_text.written(booking.autocommit, [row["sequence"]])
        await until_empty(booking)
    assert [event.sequence for event in broker.sent] == [1, 2, 3]
