"""A reaction takes effect once per event, however often and in whatever way it is delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec
import pytest
from sqlalchemy import text

from shared import inbox
from shared.db import Database, Transaction
from shared.deliveries import Delivery
from shared.events import BookingAccepted
from shared.ids import new_id
from shared.inbox import Undeliverable, react
from shared.outbox import emit
from shared.telemetry import request_context
from shared.testing import Infrastructure


def delivery_of(event: Any, event_id: Any = None, **envelope: Any) -> Any:
    return Delivery(event_id or new_id(), event.TYPE, msgspec.json.encode(event), **envelope)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "RETRY_PAUSES", (0.0, 0.0))


async def test_ten_deliveries_at_once_react_once(
    payments: Database, accepted: Callable[..., Any]
) -> None:
    ran = []

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        ran.append(event.amount)
        await db.execute(text("select pg_sleep(0.02)"))

    delivery = delivery_of(accepted())
    await asyncio.gather(
        *(react(payments, BookingAccepted, on_booking_accepted, delivery) for _ in range(10))
    )
    assert ran == [10_000]


async def test_a_reaction_that_fails_leaves_no_trace_and_is_tried_again(
    payments: Database, accepted: Callable[..., Any]
) -> None:
    tries = []

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        tries.append(1)
        await emit(db, event)
        if len(tries) < 3:
            raise ValueError("not yet")

    await react(payments, BookingAccepted, on_booking_accepted, delivery_of(accepted()))
    assert len(tries) == 3
    assert await payments.reader.value("select count(*) from outbox") == 1


async def test_a_reaction_that_always_fails_becomes_undeliverable(
    payments: Database, accepted: Callable[..., Any]
) -> None:
    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        raise ValueError("never")

    with pytest.raises(Undeliverable, match="ValueError: never"):
        await react(payments, BookingAccepted, on_booking_accepted, delivery_of(accepted()))
    assert await payments.reader.value("select count(*) from inbox") == 0


async def test_a_body_that_does_not_decode_is_undeliverable_at_once(
    payments: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "RETRY_PAUSES", (3600.0,))

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        raise AssertionError("never called")

    delivery = Delivery(new_id(), "booking.accepted.v1", b"{")
    with pytest.raises(Undeliverable):
        async with asyncio.timeout(30):
            await react(payments, BookingAccepted, on_booking_accepted, delivery)


async def test_what_a_reaction_emits_is_caused_by_its_event(
    payments: Database, accepted: Callable[..., Any]
) -> None:
    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        await emit(db, event)

    delivery = delivery_of(accepted(), correlation_id="request-7")
    await react(payments, BookingAccepted, on_booking_accepted, delivery)
    row = await payments.reader.row("select correlation_id, causation_id from outbox")
    assert row is not None
    assert tuple(row) == ("request-7", str(delivery.event_id))
    assert request_context.get().request_id is None


async def test_a_lost_database_is_waited_for(
    payments: Database, accepted: Callable[..., Any], infrastructure: Infrastructure
) -> None:
    admin = await asyncpg.connect(infrastructure.admin_url)
    tries = []

    async def on_booking_accepted(db: Transaction, event: Any) -> None:
        tries.append(1)
        if len(tries) < 4:
            pid = (await db.execute(text("select pg_backend_pid()"))).scalar_one()
            await admin.execute("select pg_terminate_backend($1)", pid)
        await db.execute(text("select 1"))

    await react(payments, BookingAccepted, on_booking_accepted, delivery_of(accepted()))
    await admin.close()
    assert len(tries) == 4
