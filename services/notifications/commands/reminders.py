"""Reminders are planned for a booking's current start, and planned again when it moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from services.notifications import signals
from services.notifications.domain.kinds import MAILED
from services.notifications.domain.model import Booking, Facts
from services.notifications.store import announcements, bookings
from services.notifications.store.announcements import Announcement
from services.notifications.store.mails import NewMail, new_mail
from shared.clock import now
from shared.db import Database

KIND = MAILED["reminder"]
BATCH = 100


async def plan_reminders(database: Database, before: tuple[int, ...]) -> bool:
    """Job: plans missing reminders, `before` these numbers of seconds from each start. Returns
    whether there are more. A reminder whose time had passed when the booking was confirmed or moved
    is skipped.
    """
    async with database.transaction() as db:
        found = await bookings.without_reminders(db, BATCH)
        if found:
            planned = [mail for booking in found for mail in _reminders(booking, before)]
            await announcements.write(db, [Announcement(mails=planned)])
            await bookings.note_reminders(db, [booking.booking_id for booking in found])
            db.after_commit(signals.mails_due.wake)
    return len(found) == BATCH


def _reminders(booking: Booking, before: tuple[int, ...]) -> Iterator[NewMail]:
    start = booking.scheduled_start
    for seconds in before:
        due_at = start - timedelta(seconds=seconds)
        if due_at <= now():
            continue
        for role, reader_id, other_id in (
            ("seeker", booking.seeker_id, booking.consultant_id),
            ("consultant", booking.consultant_id, booking.seeker_id),
        ):
            facts = Facts(
                reader=role,
                other_id=other_id,
                start=start,
                end=booking.scheduled_end,
                calendar_sequence=booking.calendar_sequence,
            )
            yield new_mail(
                KIND,
                reader_id,
                fact=f"{booking.booking_id} {start.isoformat()} {seconds}",
                context=msgspec.to_builtins(facts),
                due_at=due_at,
                booking_id=booking.booking_id,
            )
