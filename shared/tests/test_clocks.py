"""Replicas of a service run on hosts whose clocks differ, and nothing depends on them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest

from shared import ids, outbox
from shared import publisher as publishing
from shared.clock import now
from shared.db import Database, Transaction
from shared.deliveries import Delivery
from shared.events import BookingAccepted
from shared.ids import new_id
from shared.inbox import react
from shared.projections import is_stale, latest_sequence
from shared.publisher import Publisher
from shared.tests.publishers import Broker, emitted, until_swept

Make = Callable[..., BookingAccepted]


def set_clock(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    """What is written from now on is written by a process of a host whose clock differs."""
    ahead = timedelta(minutes=minutes)
    monkeypatch.setattr(outbox, "now", lambda: now() + ahead)
    host = SimpleNamespace(time_ns=lambda: time.time_ns() + round(ahead.total_seconds() * 1e9))
    monkeypatch.setattr(ids, "time", host)
    monkeypatch.setattr(ids, "_last", 0)  # another process's


async def test_replicas_whose_clocks_differ_by_a_minute_leave_each_others_rows_alone(
    booking: Database, accepted: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The age of a row is determined by the database's clock, not by that of the host that wrote
    it.
    """
    broker = Broker()
    sweeper = Publisher(booking, broker.send, available=broker.available)
    for minutes in (-1, 1):
        set_clock(monkeypatch, minutes)
        await emitted(booking, accepted())
    await sweeper.sweep()
    assert broker.sent == []
    monkeypatch.setattr(publishing, "ABANDONED_AFTER", 0.0)
    await sweeper.sweep()
    assert len(broker.sent) == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.usefixtures("quick")
async def test_newest_event_wins_although_the_clock_of_its_writer_is_two_minutes_behind(
    booking: Database,
    payments: Database,
    accepted: Make,
    monkeypatch: pytest.MonkeyPatch,
    order: tuple[int, int],
) -> None:
    """Neither its timestamp nor its id, which begins with the time, is compared by the consumer."""
    broker, one = Broker(), new_id()
    for minutes, amount in ((1, 10_000), (-1, 20_000)):
        set_clock(monkeypatch, minutes)
        await emitted(booking, accepted(booking_id=one, amount=amount))
    sweeper = Publisher(booking, broker.send, available=broker.available)
    await until_swept(booking, sweeper)
    older, newer = broker.sent
    assert newer.event_id < older.event_id
    assert newer.created_at < older.created_at
    amounts: list[int] = []
    last_sequence: int | None = None

    async def on_booking_accepted(_: Transaction, event: BookingAccepted) -> None:
        nonlocal last_sequence
        if not is_stale(last_sequence):
            amounts.append(event.amount)
            last_sequence = latest_sequence(last_sequence)

    for position in order:
        sent = broker.sent[position]
        delivery = Delivery(sent.event_id, sent.type, sent.body, sequence=sent.sequence)
        await react(payments, BookingAccepted, on_booking_accepted, delivery)
    assert amounts[-1] == 20_000
