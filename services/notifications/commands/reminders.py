"""Reminders are planned for a booking's current start, and planned again when it moves.

If this service was down when one was due, it is sent late, but not once the next one is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from services.notifications import signals
from services.notifications.domain.kinds import MAILED
from services.notifications.domain.model import PROMPT, ConfirmedBooking, Facts
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
    is skipped, and so is one whose next one is due or whose session has started.
    """
    async with database.transaction() as db:
        found = await bookings.without_reminders(db, BATCH)
        if found:
            planned = [mail for booking in found for mail in _reminders(booking, before)]
            await announcements.save(db, [Announcement(mails=planned)])
            await bookings.note_reminders(db, [booking.booking_id for booking in found])
            db.after_commit(signals.mails_due.wake)
    return len(found) == BATCH


def _reminders(booking: ConfirmedBooking, before: tuple[int, ...]) -> Iterator[NewMail]:
    start, at = booking.scheduled_start, now()
    confirmed_at = booking.status_at or at
    following: datetime | None = None  # when the next reminder is due
    for seconds in sorted(before):
        due_at = start - timedelta(seconds=seconds)
        # Reminders close to each other are both sent.
        next_at = max(following, due_at + PROMPT) if following is not None else None
        following = due_at
        if due_at <= confirmed_at or min(start, next_at or start) <= at:
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
                next_reminder_at=next_at,
            )
            yield new_mail(
                KIND,
                reader_id,
                fact=f"{booking.booking_id} {start.isoformat()} {seconds}",
                context=msgspec.to_builtins(facts),
                due_at=due_at,
                booking_id=booking.booking_id,
            )
