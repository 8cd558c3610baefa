"""What booking has said about a booking is known in full, whatever the order of arrival and however
often each event is delivered: its newest times, and what is due.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.payments.tests.actors import Booking, Payments
from shared.events import BookingEvent
from shared.testing.orders import Order, deliver_in_order, in_every_order

FEE = 4_000
Decision = Callable[[Booking], BookingEvent]
DECISIONS: dict[str, tuple[Decision, dict[str, Any]]] = {
    "ended": (
        lambda booking: booking.ended(),
        {"due": "capture", "due_amount": 10_000, "status": "captured", "captured_amount": 10_000},
    ),
    "cancelled late": (
        lambda booking: booking.cancelled(fee=FEE),
        {"due": "capture", "due_amount": FEE, "status": "captured", "captured_amount": FEE},
    ),
    "cancelled in time": (
        lambda booking: booking.cancelled(),
        {"due": "release", "due_amount": 0, "status": "released", "captured_amount": 0},
    ),
    "missed": (
        lambda booking: booking.missed(fee=FEE),
        {"due": "capture", "due_amount": FEE, "status": "captured", "captured_amount": FEE},
    ),
}


def story(booking: Booking, decision: Decision) -> list[BookingEvent]:
    """Accepted, moved twice, decided: the events in the order in which they happened."""
    booking.fields["calendar_sequence"] = 1
    events: list[BookingEvent] = [booking.accepted()]
    for number, starts_in in ((2, timedelta(days=3)), (3, timedelta(days=2))):
        moved = booking.moved(starts_in, number)
        events.append(moved)
        booking.fields |= {
            name: getattr(moved, name)
            for name in ("scheduled_start", "scheduled_end", "slot_id", "calendar_sequence")
        }
    booking.fields["calendar_sequence"] = 4
    return [*events, decision(booking)]


@pytest.mark.parametrize("name", DECISIONS)
@in_every_order(4)
async def test_booking_has_its_newest_times_and_what_was_decided_happens_once(
    payments: Payments, booking: Booking, name: str, order: Order
) -> None:
    decision, expected = DECISIONS[name]
    one = Booking(payments, booking.seeker, booking.consultant)
    events = story(one, decision)
    await deliver_in_order(payments.harness.deliver, events, order)
    row = await payments.payment(one.id)
    assert (row["scheduled_start"], row["scheduled_end"]) == (
        events[2].scheduled_start,
        events[2].scheduled_end,
    )
    await payments.work()
    row = await payments.payment(one.id)
    assert {column: row[column] for column in expected} == expected
    intents = await payments.stripe.intents(one.id)
    assert sum(intent["amount_received"] for intent in intents) == expected["captured_amount"]
    assert {intent["status"] for intent in intents} <= {"succeeded", "canceled"}
