"""Projections end in the newest state, whatever the order of arrival and however often each event
is delivered.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.notifications.commands.reminders import plan_reminders
from services.notifications.tests.conftest import Notifications, Pair
from shared import events as e
from shared.auth import User
from shared.clock import now
from shared.ids import new_id
from shared.testing.orders import Order, deliver_in_order, in_every_order

DAY_BEFORE = 86_400


def story(pair: Pair, *kinds: type[e.BookingEvent]) -> list[e.Event]:
    """The events of a new booking of the pair, in the order in which they happened."""
    pair.booking_id = new_id()
    new_start = pair.start + timedelta(days=1)
    more: dict[type[e.BookingEvent], dict[str, Any]] = {
        e.BookingRequested: {"respond_by": pair.start},
        e.BookingAccepted: {"commission_amount": 900},
        e.BookingCancelled: {"cancelled_by": "seeker", "fee": 0},
        e.BookingRescheduled: {
            "status": "confirmed",
            "rescheduled_by": "seeker",
            "previous_slot_id": new_id(),
            "previous_start": pair.start,
            "previous_end": new_start,
        },
        e.RescheduleProposed: {"expires_at": pair.start},
    }
    proposal = {
        "proposed_by": "seeker",
        "new_slot_id": new_id(),
        "new_start": new_start,
        "new_end": new_start + timedelta(hours=1),
    }
    events: list[e.Event] = []
    for number, kind in enumerate(kinds):
        pair.sequence = number
        fields = more.get(kind, {}) | (proposal if issubclass(kind, e.RescheduleEvent) else {})
        events.append(kind(**pair.fields(), **fields))
    return events


async def booking_of(notifications: Notifications, pair: Pair) -> tuple[Any, ...]:
    (row,) = await notifications.sql(
        "select status, status_sequence, calendar_sequence, last_sequence from bookings"
        " where booking_id = $1",
        pair.booking_id,
    )
    return tuple(row)


async def reminded_of(notifications: Notifications, pair: Pair) -> int:
    """The number of readers who will be reminded of the booking."""
    await plan_reminders(notifications.database, (DAY_BEFORE,))
    mails = await notifications.sql(
        "select 1 from mails where kind = 'reminder' and booking_id = $1", pair.booking_id
    )
    return len(mails)


@in_every_order(5)
async def test_booking_that_was_cancelled_with_an_open_proposal_is_cancelled(
    notifications: Notifications, pair: Pair, order: Order
) -> None:
    events = story(
        pair,
        e.BookingRequested,
        e.BookingConfirmed,
        e.RescheduleProposed,
        e.BookingCancelled,
        e.RescheduleWithdrawn,
    )
    await deliver_in_order(notifications.deliver, events, order)
    assert await booking_of(notifications, pair) == ("cancelled", 4, 4, 5)
    assert await reminded_of(notifications, pair) == 0


@in_every_order(5)
async def test_confirmed_booking_has_its_reminders_whatever_was_proposed(
    notifications: Notifications, pair: Pair, order: Order
) -> None:
    events = story(
        pair,
        e.BookingRequested,
        e.BookingAccepted,
        e.BookingConfirmed,
        e.RescheduleProposed,
        e.RescheduleDeclined,
    )
    await deliver_in_order(notifications.deliver, events, order)
    assert await booking_of(notifications, pair) == ("confirmed", 3, 4, 5)
    assert await reminded_of(notifications, pair) == 2


async def test_proposal_changes_no_status_that_the_previous_version_stored(
    notifications: Notifications, pair: Pair
) -> None:
    """During an upgrade, a replica of the version before stores statuses without a sequence."""
    *before, proposed = story(
        pair, e.BookingRequested, e.BookingAccepted, e.BookingConfirmed, e.RescheduleProposed
    )
    for number, event in enumerate(before, 1):
        await notifications.deliver(event, new_id(), sequence=number)
    await notifications.sql("update bookings set status_sequence = null")
    await notifications.deliver(proposed, new_id(), sequence=4)
    assert await booking_of(notifications, pair) == ("confirmed", None, 3, 4)
    assert await reminded_of(notifications, pair) == 2


@in_every_order(5)
async def test_booking_that_moved_keeps_its_newest_times_and_status(
    notifications: Notifications, pair: Pair, order: Order
) -> None:
    events = story(
        pair,
        e.BookingRequested,
        e.BookingAccepted,
        e.RescheduleProposed,
        e.RescheduleAccepted,
        e.BookingRescheduled,
    )
    await deliver_in_order(notifications.deliver, events, order)
    assert await booking_of(notifications, pair) == ("confirmed", 5, 4, 5)


@in_every_order(5)
async def test_user_has_the_newest_name_and_address_and_a_closed_account_stays_closed(
    notifications: Notifications, order: Order
) -> None:
    user_id = new_id()

    def user(kind: type[e.UserEvent], number: int) -> e.UserEvent:
        return kind(
            user_id=user_id,
            role="seeker",
            first_name=f"Name {number}",
            last_name="Byron",
            email=f"{number}@example.org",
        )

    changed = e.EmailChanged(user_id=user_id, old_email="2@example.org", new_email="5@example.org")
    events = [
        user(e.UserRegistered, 1),
        user(e.UserUpdated, 2),
        user(e.UserDeactivated, 3),
        user(e.UserUpdated, 4),
        changed,
    ]
    await deliver_in_order(notifications.deliver, events, order)
    (row,) = await notifications.sql(
        "select first_name, email, is_active, last_sequence, address_sequence from users"
        " where user_id = $1",
        user_id,
    )
    assert tuple(row) == ("Name 4", "5@example.org", False, 4, 5)


@in_every_order(5)
async def test_messages_are_read_up_to_the_newest_and_no_mail_announces_them(
    notifications: Notifications, pair: Pair, order: Order
) -> None:
    """Reading the first message may become known after reading the second one, and both before the
    messages and even the booking.
    """
    (requested,) = story(pair, e.BookingRequested)
    first, second = pair.posted("Hello"), pair.posted("Are you there?")
    reads = [
        e.MessagesRead(
            booking_id=pair.booking_id,
            reader_id=pair.consultant.id,
            author_id=pair.seeker.id,
            up_to=message.message_id,
            read_at=now(),
        )
        for message in (first, second)
    ]
    await deliver_in_order(notifications.deliver, [requested, first, second, *reads], order)
    (row,) = await notifications.sql(
        "select reader_id, up_to from message_reads where booking_id = $1", pair.booking_id
    )
    assert tuple(row) == (pair.consultant.id, second.message_id)
    mails = await notifications.sql(
        "select 1 from mails where kind = 'message.posted' and state = 'due' and booking_id = $1",
        pair.booking_id,
    )
    assert mails == []
    streamed = await notifications.sql(
        "select event, count(*) as number from stream_events where event like 'message%'"
        " and user_id = $1 and data::json ->> 'booking_id' = $2 group by event",
        pair.consultant.id,
        str(pair.booking_id),
    )
    assert {row["event"]: row["number"] for row in streamed} == {
        "message.posted": 2,
        "messages.read": 2,
    }


async def test_event_before_its_booking_is_announced_once_the_booking_is_known(
    notifications: Notifications, pair: Pair
) -> None:
    await notifications.deliver(
        e.PaymentCaptured(
            booking_id=pair.booking_id, payment_intent_id="pi_1", amount=6000, currency="eur"
        )
    )
    assert await notifications.sql("select 1 from stream_events") == []
    await pair.requested()
    rows = await notifications.sql("select * from stream_events where event = 'payment.captured'")
    assert {row["user_id"] for row in rows} == {pair.seeker.id, pair.consultant.id}
    assert "pi_1" not in rows[0]["data"]
    assert await notifications.sql("select 1 from early_events") == []


async def test_early_event_of_an_unknown_type_waits_for_a_newer_replica(
    notifications: Notifications, pair: Pair
) -> None:
    """An older replica handles the booking and its other events; the newer one receives the
    booking's next event.
    """
    for kind in (e.PaymentCaptured, e.PaymentReleased):
        await notifications.deliver(
            kind(booking_id=pair.booking_id, payment_intent_id="pi_1", amount=6000, currency="eur")
        )
    rename = "update early_events set type = $2 where type = $1"
    await notifications.sql(rename, e.PaymentCaptured.TYPE, "payment.adored.v1")
    await pair.requested()
    assert await streamed_to(notifications, pair.seeker, "payment.%") == ["payment.released"]
    await notifications.sql(rename, "payment.adored.v1", e.PaymentCaptured.TYPE)
    for _ in range(2):
        await pair.happens(e.BookingDeclined)
        assert await streamed_to(notifications, pair.seeker, "payment.%") == [
            "payment.released",
            "payment.captured",
        ]


async def streamed_to(notifications: Notifications, user: User, events: str) -> list[str]:
    """The events of the user's stream with such a name, in order."""
    rows = await notifications.sql(
        "select event from stream_events where user_id = $1 and event like $2 order by id",
        user.id,
        events,
    )
    return [row["event"] for row in rows]


async def test_early_events_are_announced_as_they_happened_although_clocks_differ(
    notifications: Notifications, pair: Pair
) -> None:
    """The second message was written by a replica whose clock is behind: its id is smaller."""
    (requested,) = story(pair, e.BookingRequested)
    messages = [pair.posted(excerpt) for excerpt in ("Hello", "Are you there?")]
    smaller, greater = new_id(), new_id()
    await notifications.deliver(messages[1], smaller, sequence=3)
    await notifications.deliver(messages[0], greater, sequence=2)
    await notifications.deliver(requested, sequence=1)
    rows = await notifications.sql(
        "select data::json ->> 'message_id' as message_id from stream_events"
        " where event = 'message.posted' and user_id = $1 order by id",
        pair.consultant.id,
    )
    assert [row["message_id"] for row in rows] == [str(one.message_id) for one in messages]


async def test_old_facts_do_not_bring_a_status_back(
    notifications: Notifications, pair: Pair
) -> None:
    await pair.requested()
    await pair.cancelled()
    late = e.BookingConfirmed(**pair.fields(pair.start + timedelta(days=1)))
    await notifications.deliver(late, sequence=1)
    ((status, start),) = await notifications.sql("select status, scheduled_start from bookings")
    assert (status, start) == ("cancelled", pair.start)
