"""Mails that could not be sent for a while say nothing that has become untrue in the meantime."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.tests.conftest import (
    Notifications,
    Pair,
    send_mails,
    states,
)
from services.notifications.tests.test_projections import story
from shared import events as e
from shared.clock import now
from shared.ids import new_id
from shared.testing.mail_sandbox import MailSandbox
from shared.testing.orders import Order, deliver_in_order, in_every_order

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SENT = ("sent", None)


async def delayed(notifications: Notifications, kind: str) -> list[tuple[Any, ...]]:
    """What becomes of the mails of a kind if all have waited for longer than those that are sent
    whatever has happened since.
    """
    await notifications.sql("update mails set created_at = created_at - interval '3 minutes'")
    await send_mails(notifications)
    return await states(notifications, kind)


async def propose(pair: Pair) -> None:
    await pair.happens(e.RescheduleProposed, **pair.proposal(), expires_at=now() + DAY)


# ---- proposals


@pytest.mark.parametrize("end", [e.RescheduleDeclined, e.RescheduleWithdrawn, e.RescheduleExpired])
async def test_proposal_that_is_closed_is_not_announced_late(
    notifications: Notifications, pair: Pair, mail: MailSandbox, end: type[e.RescheduleEvent]
) -> None:
    await pair.confirmed()
    await propose(pair)
    await pair.happens(end, **pair.proposal())
    assert await delayed(notifications, "reschedule.proposed") == [("void", "proposal closed")]


async def test_proposal_that_is_accepted_is_not_announced_late(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await propose(pair)
    await pair.happens(e.RescheduleAccepted, **pair.proposal())
    await pair.moved(pair.start + DAY)
    assert await delayed(notifications, "reschedule.proposed") == [("void", "proposal closed")]


async def test_open_proposal_is_announced_however_late_and_one_before_it_is_not(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await propose(pair)
    await pair.happens(e.RescheduleWithdrawn, **pair.proposal())
    await propose(pair)
    assert await delayed(notifications, "reschedule.proposed") == [
        ("void", "proposal closed"),
        SENT,
    ]


@in_every_order(4)
async def test_proposal_is_closed_in_every_order_of_arrival(
    notifications: Notifications, pair: Pair, order: Order
) -> None:
    await notifications.sql("truncate mails")
    kinds: Sequence[type[e.BookingEvent]] = (
        e.BookingRequested,
        e.BookingAccepted,
        e.RescheduleProposed,
        e.RescheduleDeclined,
    )
    await deliver_in_order(notifications.deliver, story(pair, *kinds), order)
    assert await delayed(notifications, "reschedule.proposed") == [("void", "proposal closed")]


# ---- requests and payments


async def test_request_that_is_answered_is_not_announced_late(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    await pair.happens(e.BookingAccepted, commission_amount=900)
    assert await delayed(notifications, "booking.requested") == [("void", "booking accepted")]


async def test_request_that_can_no_longer_be_answered_is_not_announced(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested(respond_by=now() - timedelta(seconds=1))
    await send_mails(notifications)
    assert await states(notifications, "booking.requested") == [("void", "respond_by has passed")]


async def test_request_that_moved_asks_for_an_answer_until_there_is_one(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    await pair.moved(pair.start + DAY, status="requested", respond_by=now() + DAY)
    await pair.happens(e.BookingAccepted, commission_amount=900)
    assert sorted(await delayed(notifications, "booking.rescheduled")) == [
        SENT,
        ("void", "booking accepted"),
    ]
    assert [m["to"] for m in mail.messages() if "Moved" in m["subject"]] == ["ada@example.org"]


async def test_mails_about_a_payment_are_void_once_it_has_gone_on(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    failure = {"payment_failure": "expired_card", "payment_deadline": now() + DAY}
    await pair.confirmed()
    await pair.happens(e.BookingPaymentFailed, **failure)
    await pair.happens(e.BookingAccepted, commission_amount=900, attempt=2)
    assert await delayed(notifications, "booking.payment_failed") == [("void", "booking accepted")]
    assert await states(notifications, "booking.confirmed") == [("void", "booking accepted")] * 2


async def test_acceptance_is_not_announced_after_the_confirmation(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    assert await delayed(notifications, "booking.accepted") == [("void", "booking confirmed")]
    assert await states(notifications, "booking.confirmed") == [SENT] * 2


# ---- times


async def test_only_the_newest_time_is_announced_late(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.confirmed()
    await pair.happens(e.RescheduleDeclined, **pair.proposal())
    await pair.moved(pair.start + DAY)
    await pair.moved(pair.start + DAY)
    moved = await delayed(notifications, "booking.rescheduled")
    assert moved == [("void", "moved")] * 2 + [SENT] * 2
    assert await states(notifications, "booking.confirmed") == [("void", "moved")] * 2
    assert await states(notifications, "reschedule.declined") == [("void", "moved")]


def conflict(pair: Pair) -> e.BusyCalendarConflicted:
    return e.BusyCalendarConflicted(
        calendar_id=new_id(),
        consultant_id=pair.consultant.id,
        name="Work",
        host="calendar.example",
        booking_id=pair.booking_id,
        scheduled_start=pair.start,
        scheduled_end=pair.start + HOUR,
    )


@pytest.mark.parametrize("is_first", [True, False])
async def test_conflict_with_a_session_that_moved_away_is_not_announced_late(
    notifications: Notifications, pair: Pair, mail: MailSandbox, is_first: bool
) -> None:
    await pair.confirmed()
    found = conflict(pair)
    if is_first:
        await notifications.deliver(found)
    await pair.moved(pair.start + DAY)
    if not is_first:
        await notifications.deliver(found)
    assert await delayed(notifications, "calendar.conflicted") == [("void", "moved")]


@in_every_order(3)
async def test_failure_of_a_calendar_that_is_over_is_not_announced_late_in_any_order(
    notifications: Notifications, pair: Pair, mail: MailSandbox, order: Order
) -> None:
    """It failed, was read again, and fails once more."""
    await notifications.sql("truncate mails, ended_calendar_failures")
    calendar_id, consultant_id = new_id(), pair.consultant.id

    def failed(name: str) -> e.BusyCalendarFailed:
        return e.BusyCalendarFailed(
            calendar_id=calendar_id,
            consultant_id=consultant_id,
            name=name,
            host="calendar.example",
            since=now() - DAY,
        )

    ended = e.BusyCalendarFailureEnded(calendar_id=calendar_id, consultant_id=consultant_id)
    await deliver_in_order(notifications.deliver, [failed("First"), ended, failed("Second")], order)
    assert sorted(await delayed(notifications, "calendar.failed")) == [
        SENT,
        ("void", "failure ended"),
    ]
    assert "Second" in mail.messages()[-1]["subject"]


@pytest.mark.parametrize(
    ("hours", "outcome"), [(0, ("void", "taken")), (1, SENT), (-1, SENT), (0.5, ("void", "taken"))]
)
async def test_free_time_is_not_announced_late_if_it_was_taken(
    notifications: Notifications,
    pair: Pair,
    mail: MailSandbox,
    hours: float,
    outcome: tuple[Any, ...],
) -> None:
    free = pair.start + timedelta(hours=hours)
    freed = e.WaitlistTimeFreed(
        waitlist_entry_id=new_id(),
        seeker_id=pair.seeker.id,
        consultant_id=pair.consultant.id,
        slot_id=new_id(),
        start_time=free,
        end_time=free + HOUR,
    )
    await notifications.deliver(freed)
    await pair.requested()
    assert await delayed(notifications, "waitlist.freed") == [outcome]


async def test_time_of_a_declined_request_is_free(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    await pair.happens(e.BookingDeclined)
    freed = e.WaitlistTimeFreed(
        waitlist_entry_id=new_id(),
        seeker_id=pair.seeker.id,
        consultant_id=pair.consultant.id,
        slot_id=new_id(),
        start_time=pair.start,
        end_time=pair.start + HOUR,
    )
    await notifications.deliver(freed)
    assert await delayed(notifications, "waitlist.freed") == [SENT]
