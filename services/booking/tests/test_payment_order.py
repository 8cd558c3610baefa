"""Payments' events in any order, any number of times, and in between whatever the two people do."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.booking.tests.conftest import Market
from shared import clock
from shared.events import (
    BookingAccepted,
    BookingConfirmed,
    Event,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentDisputed,
    PaymentFailed,
    PaymentRefunded,
    PaymentReleased,
    PayoutSent,
)
from shared.ids import new_id
from shared.testing.orders import Order, deliver_in_order, in_every_order

KINDS = (PaymentAuthorized, PaymentFailed, PaymentCaptured, PaymentReleased)
PAID_WITH = {"payment_intent_id": "pi_1"}
STORY = (PaymentFailed, PaymentAuthorized, PaymentCaptured, PaymentRefunded)
STATUS_OF = {
    PaymentAuthorized: "authorized",
    PaymentFailed: "failed",
    PaymentCaptured: "captured",
    PaymentReleased: "released",
}
EMPTY = (
    "truncate bookings, ratings, presences, messages, timeline, availability_slots, outbox, inbox"
)
VERBS = ("retry-payment", "cancel", "start", "end")


def fact(kind: type[Any], booking: dict[str, Any], number: int) -> Event:
    event: Event = kind(
        booking_id=UUID(booking["id"]),
        payment_intent_id=f"pi_{number}",
        amount=12_000,
        currency="usd",
        reason="card_declined" if kind is PaymentFailed else None,
    )
    return event


def assert_consistent(booking: dict[str, Any]) -> None:
    status = booking["status"]
    assert (status == "payment_failed") <= (booking["payment_deadline"] is not None)
    assert (status == "payment_failed") <= (booking["payment_failure"] is not None)
    assert (status in ("accepted", "confirmed")) <= (booking["payment_deadline"] is None)
    assert (status in ("in_progress", "completed")) == (booking["session_start_time"] is not None)
    assert (status == "completed") == (booking["session_end_time"] is not None)


@in_every_order(len(STORY))
async def test_payment_is_what_the_newest_of_its_events_says(market: Market, order: Order) -> None:
    await market.harness.sql(EMPTY)
    booking = await market.accepted(timedelta(minutes=5))
    events = [fact(kind, booking, number) for number, kind in enumerate(STORY)]
    await deliver_in_order(market.harness.deliver, events, order)
    after = await market.read(booking)
    assert (after["payment_status"], after["payment_intent_id"]) == ("refunded", "pi_3")
    (row,) = await market.harness.sql(
        "select last_payment_sequence, charged_amount from bookings where id = $1",
        UUID(booking["id"]),
    )
    assert tuple(row) == (4, 0)
    assert [name for name in await market.events_of(booking) if name.startswith("payment.")] == [
        "payment.failed",
        "payment.authorized",
        "payment.captured",
        "payment.refunded",
    ]
    assert_consistent(after)


DISPUTE: tuple[tuple[type[Any], dict[str, Any]], ...] = (
    (PayoutSent, {"state": "paid"}),
    (PaymentDisputed, {"reason": "opened"}),
    (PayoutSent, {"state": "reversed"}),
    (PaymentDisputed, {"reason": "won"}),
)


@in_every_order(len(DISPUTE))
async def test_pages_of_a_timeline_have_the_payments_events_as_they_happened(
    market: Market, order: Order
) -> None:
    """Payments can record that a dispute was opened and won within a millisecond."""
    await market.harness.sql(EMPTY)
    booking = await market.accepted(timedelta(minutes=5))
    events = [
        kind(
            booking_id=UUID(booking["id"]),
            amount=12_000,
            currency="usd",
            **({"user_id": market.consultant.id} if kind is PayoutSent else PAID_WITH),
            **fields,
        )
        for kind, fields in DISPUTE
    ]
    await deliver_in_order(market.harness.deliver, events, order)
    seen, cursor = list[dict[str, Any]](), dict[str, str]()
    while len(seen) < 20:
        page = await market.harness.get(
            f"/bookings/{booking['id']}/timeline",
            user=market.seeker,
            params={"limit": 1, **cursor},
        )
        seen += page.json()["items"]
        if page.json()["next_cursor"] is None:
            break
        cursor = {"cursor": page.json()["next_cursor"]}
    assert [
        (one["event"], one["detail"].get("state") or one["detail"].get("reason")) for one in seen
    ] == [
        ("booking.requested", None),
        ("booking.accepted", None),
        ("payout.sent", "paid"),
        ("payment.disputed", "opened"),
        ("payout.sent", "reversed"),
        ("payment.disputed", "won"),
    ]
    instants = [datetime.fromisoformat(one["at"]) for one in seen[2:]]
    assert instants == sorted(instants)


async def test_entry_about_the_payment_has_the_instant_of_its_event(market: Market) -> None:
    """However late it arrives."""
    booking = await market.accepted(timedelta(days=3))
    created = new_id()
    with clock.shifted(timedelta(hours=1)):
        await market.harness.deliver(market.authorized(booking), created)
    answer = await market.harness.get(f"/bookings/{booking['id']}/timeline", user=market.seeker)
    *_, authorized, confirmed = answer.json()["items"]
    at = datetime.fromtimestamp((created.int >> 80) / 1000, UTC)
    assert datetime.fromisoformat(authorized["at"]) == at
    assert datetime.fromisoformat(confirmed["at"]) > at + timedelta(minutes=59)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data())
async def test_payment_events_shuffled_and_repeated_end_as_the_newest_says(
    market: Market, data: Any
) -> None:
    """What payments reported in order 0, 1, 2 … comes in any order, some of it often; the booking
    shows what was reported last.
    """
    await market.harness.sql(EMPTY)
    booking = await market.accepted(timedelta(minutes=5))
    reported = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5), label="reported")
    ids = [new_id() for _ in reported]
    order = data.draw(st.permutations(range(len(reported))), label="order")
    repeats = data.draw(
        st.lists(st.sampled_from(range(len(reported))), max_size=4), label="repeats"
    )
    for number in [*order, *repeats]:
        event = fact(reported[number], booking, number)
        await market.harness.deliver(event, ids[number], sequence=number + 1)
    after = await market.read(booking)
    assert after["payment_status"] == STATUS_OF[reported[-1]]
    assert after["payment_intent_id"] == f"pi_{len(reported) - 1}"
    if reported[-1] is PaymentAuthorized:
        assert after["status"] == "confirmed"
    if reported[-1] is PaymentFailed:
        assert after["status"] == "payment_failed"
    assert_consistent(after)
    assert (await market.events_of(booking)).count("payment.authorized") == reported.count(
        PaymentAuthorized
    )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=st.lists(st.sampled_from([*KINDS, *VERBS]), min_size=1, max_size=9))
async def test_people_and_payments_in_any_order_leave_a_consistent_booking(
    market: Market, steps: list[Any]
) -> None:
    await market.harness.sql(EMPTY)
    booking = await market.accepted(timedelta(minutes=5))
    retries = 0
    for number, step in enumerate(steps):
        if isinstance(step, str):
            answer = await market.do(step, booking, market.seeker)
            assert answer.status_code in (200, 202, 409), answer.text
            retries += step == "retry-payment" and answer.status_code == 202
        else:
            await market.harness.deliver(fact(step, booking, number))
        assert_consistent(await market.read(booking))
    attempts = [event.attempt for event in await market.harness.emitted(BookingAccepted)]
    assert attempts == list(range(1, retries + 2))
    timeline = await market.events_of(booking)
    assert timeline.count("booking.confirmed") == len(
        await market.harness.emitted(BookingConfirmed)
    )
    assert len(timeline) <= 100
