"""Events of an aggregate are numbered when they are written, and these numbers alone decide what is
stale, not clocks or the order of arrival.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, text

from shared.db import Database
from shared.deliveries import UNNUMBERED, Delivery, event_sequence
from shared.events import BookingAccepted, Event
from shared.ids import new_id
from shared.inbox import react
from shared.outbox import emit
from shared.projections import is_stale, is_superseded, latest_sequence, projection
from shared.testing import Infrastructure

Make = Callable[..., BookingAccepted]
COLUMNS = ("booking_id", "status", "price", "last_sequence", "status_sequence")


async def numbers(database: Database, booking_id: UUID) -> list[int]:
    rows = await database.reader.rows(
        "select sequence from outbox where aggregate_id = $1 order by position", booking_id
    )
    return [row["sequence"] for row in rows]


async def test_each_aggregate_counts_for_itself(booking: Database, accepted: Make) -> None:
    one, other = new_id(), new_id()
    async with booking.transaction() as db:
        await emit(db, accepted(booking_id=one), accepted(booking_id=one))
        await emit(db, accepted(booking_id=other))
        await emit(db, accepted(booking_id=one))
    assert await numbers(booking, one) == [1, 2, 3]
    assert await numbers(booking, other) == [1]


async def test_count_goes_on_after_the_rows_are_gone(booking: Database, accepted: Make) -> None:
    event = accepted()
    for _ in range(2):
        async with booking.transaction() as db:
            await emit(db, event)
            await db.execute(text("delete from outbox"))
    async with booking.transaction() as db:
        await emit(db, event)
    assert await numbers(booking, event.booking_id) == [3]


async def test_rolled_back_event_leaves_no_gap(booking: Database, accepted: Make) -> None:
    event = accepted()
    for fails in (False, True, False):
        try:
            async with booking.transaction() as db:
                await emit(db, event)
                if fails:
                    raise RuntimeError
        except RuntimeError:
            pass
    assert await numbers(booking, event.booking_id) == [1, 2]


async def test_two_replicas_at_one_aggregate_give_each_number_once(
    booking: Database, accepted: Make, infrastructure: Infrastructure
) -> None:
    other = Database(infrastructure.service_urls["booking"], name="booking")
    event = accepted()

    async def emit_ten(database: Database) -> None:
        for _ in range(10):
            async with database.transaction() as db:
                await emit(db, event)

    await asyncio.gather(emit_ten(booking), emit_ten(other))
    await other.close()
    assert sorted(await numbers(booking, event.booking_id)) == list(range(1, 21))


async def test_code_that_knows_no_sequence_still_numbers_its_events(
    booking: Database, infrastructure: Infrastructure
) -> None:
    """A replica of the previous version, during an upgrade."""
    connection = await asyncpg.connect(infrastructure.service_urls["booking"])
    await connection.execute(
        "insert into outbox (event_id, type, aggregate_id, body, created_at)"
        " values ($1, 'booking.accepted.v1', $2, '{}', now())",
        new_id(),
        aggregate := new_id(),
    )
    await connection.close()
    assert await numbers(booking, aggregate) == [1]


@pytest.mark.parametrize(
    ("sequence", "last_sequence", "stale", "latest"),
    [
        (1, None, False, 1),
        (2, 1, False, 2),
        (3, 1, False, 3),
        (1, 1, True, 1),
        (1, 2, True, 2),
        (1, 0, False, 1),
        (UNNUMBERED, None, False, 0),
        (UNNUMBERED, 5, False, 5),
    ],
)
async def test_only_what_is_not_newer_is_stale(
    payments: Database,
    accepted: Make,
    sequence: int,
    last_sequence: int | None,
    stale: bool,
    latest: int,
) -> None:
    found: list[Any] = []

    async def on_booking_accepted(_db: Any, _event: Event) -> None:
        found.append((is_stale(last_sequence), latest_sequence(last_sequence)))

    delivery = Delivery(
        new_id(), "booking.accepted.v1", msgspec.json.encode(accepted()), sequence=sequence
    )
    await react(payments, BookingAccepted, on_booking_accepted, delivery)
    assert found == [(stale, latest)]
    assert event_sequence() == UNNUMBERED  # of no event any more


@pytest.mark.parametrize(
    ("sequence", "newest", "superseded"),
    [(1, None, False), (1, 1, False), (1, 2, True), (2, 1, False), (UNNUMBERED, 2, False)],
)
def test_only_what_is_older_is_superseded(
    sequence: int, newest: int | None, superseded: bool
) -> None:
    assert is_superseded(sequence, newest) is superseded


async def test_projection_has_what_the_newest_events_say(payments: Database) -> None:
    names = ("price", "last_sequence", "status", "status_sequence")
    table = Table(
        "projected",
        MetaData(),
        Column("id", Integer, primary_key=True),
        *(Column(name, Integer) for name in names),
    )
    statement = projection(table, "price", status_sequence=("status",))
    async with payments.transaction() as db:
        await db.execute(
            text(
                "create temporary table projected (id integer primary key, price integer,"
                " last_sequence bigint, status integer, status_sequence bigint) on commit drop"
            )
        )
        for event, expected in (
            ((20, 2, None, None), (20, 2, None, None)),
            ((10, 1, None, None), None),  # older
            ((21, 2, None, None), None),  # the same one again
            ((19, 1, 7, 1), (20, 2, 7, 1)),  # too old for the price, the first with a status
            ((30, 3, None, None), (30, 3, 7, 1)),
            ((40, UNNUMBERED, 8, 2), (40, 3, 8, 2)),
            ((35, 3, 7, UNNUMBERED), (40, 3, 7, 2)),
        ):
            done = await db.execute(statement, {"id": 1, **dict(zip(names, event, strict=True))})
            assert bool(done.rowcount) is (expected is not None), event
            [row] = await db.execute(table.select())
            assert expected is None or tuple(row)[1:] == expected, event


def test_columns_that_not_every_event_carries_need_a_sequence_of_their_own() -> None:
    table = Table("bookings", MetaData(), *(Column(name, Integer) for name in COLUMNS))
    projection(table, "price", status_sequence=("status",))
    projection(table, "price")
    with pytest.raises(ValueError, match="last_sequence guards"):
        projection(table, "price", "status")
