"""What notifications does when others tell: it keeps who there is and what is booked, and tells
whom it concerns. The table of `domain/kinds.py` says who that is.

What is about a booking goes one after the other, under a lock, and waits where the booking itself
was not heard of yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications import signals
from services.notifications.commands.messages import note_read, remind_of_message
from services.notifications.commands.telling import Parties, event_id, tell
from services.notifications.domain.kinds import Reader
from services.notifications.store import bookings, streams, users
from shared import events as e
from shared.db import after_commit
from shared.inbox import Reactions
from shared.telemetry import RequestContext, request_context

# ---- people


async def on_user_registered(db: AsyncConnection, event: e.UserRegistered) -> None:
    """Learns of somebody."""
    await _save_user(db, event)


async def on_user_updated(db: AsyncConnection, event: e.UserUpdated) -> None:
    """Learns somebody's new name or time zone."""
    await _save_user(db, event)


async def on_user_deactivated(db: AsyncConnection, event: e.UserDeactivated) -> None:
    """Writes to them no more, but for what they must know of money."""
    await _save_user(db, event)
    await users.deactivate(db, event.user_id)


async def _save_user(db: AsyncConnection, event: e.UserEvent) -> None:
    await users.save(
        db,
        event.user_id,
        role=event.role,
        first_name=event.first_name,
        last_name=event.last_name,
        time_zone=event.time_zone,
        email_verified=event.email_verified,
    )
    await users.save_address(db, event.user_id, event.email)


async def on_email_verification_requested(
    db: AsyncConnection, event: e.EmailVerificationRequested
) -> None:
    """Sends the link to the address that it verifies."""
    await _tell_owner(db, event)


async def on_password_reset_requested(db: AsyncConnection, event: e.PasswordResetRequested) -> None:
    """Sends the link to the address that it was asked for."""
    await _tell_owner(db, event)


async def on_password_changed(db: AsyncConnection, event: e.PasswordChanged) -> None:
    """Tells the owner, who may not have done it."""
    await _tell_owner(db, event)


async def on_email_change_requested(db: AsyncConnection, event: e.EmailChangeRequested) -> None:
    """Sends the link to the new address, and word of it to the old one."""
    await _tell_owner(db, event)


async def on_email_changed(db: AsyncConnection, event: e.EmailChanged) -> None:
    """Writes to the new address from now on; the old one is told."""
    await users.save_address(db, event.user_id, event.new_email)
    await _tell_owner(db, event)


async def on_signed_in_from_new_device(db: AsyncConnection, event: e.SignedInFromNewDevice) -> None:
    """Tells the owner, who may not have done it."""
    await _tell_owner(db, event)


async def on_sessions_revoked(db: AsyncConnection, event: e.SessionsRevoked) -> None:
    """Ends the streams of those sessions, in every replica."""
    await streams.end_sessions(db, event.user_id, event.session_ids, event.except_session_id)
    after_commit(db, partial(signals.streams_changed.wake, [event.user_id]))


async def _tell_owner(db: AsyncConnection, event: Any) -> None:
    await tell(db, event, Parties({Reader.OWNER: event.user_id}))


# ---- bookings and sessions


async def _tell_booking(db: AsyncConnection, event: e.BookingEvent, **more: UUID) -> None:
    """Keeps what the event says of its booking, tells the two, and whatever waited for it."""
    await bookings.lock(db, event.booking_id)
    await bookings.save(db, event)
    await tell(db, event, _parties(event, more))
    for early in await bookings.take_early(db, event.booking_id):
        await _catch_up(db, early)


def _parties(event: e.BookingEvent, more: Mapping[str, UUID]) -> Parties:
    readers = {Reader.SEEKER: event.seeker_id, Reader.CONSULTANT: event.consultant_id}
    return Parties(
        readers | {Reader(name): user for name, user in more.items()},
        event.booking_id,
        event.scheduled_start,
        event.scheduled_end,
        event.calendar_sequence,
    )


async def _catch_up(db: AsyncConnection, early: RowMapping) -> None:
    kind = e.BY_TYPE[early["type"]]
    current = request_context.get()
    token = request_context.set(
        RequestContext(current.request_id, str(early["event_id"]), current.traceparent)
    )
    try:
        reaction = dict(REACTIONS)[kind]
        await reaction(db, msgspec.json.decode(early["body"], type=kind))
    finally:
        request_context.reset(token)


async def on_booking_requested(db: AsyncConnection, event: e.BookingRequested) -> None:
    """Tells the consultant who asks."""
    await _tell_booking(db, event)


async def on_booking_accepted(db: AsyncConnection, event: e.BookingAccepted) -> None:
    """Tells the seeker that it is being paid."""
    await _tell_booking(db, event)


async def on_booking_declined(db: AsyncConnection, event: e.BookingDeclined) -> None:
    """Tells the seeker."""
    await _tell_booking(db, event)


async def on_booking_expired(db: AsyncConnection, event: e.BookingExpired) -> None:
    """Tells both."""
    await _tell_booking(db, event)


async def on_booking_cancelled(db: AsyncConnection, event: e.BookingCancelled) -> None:
    """Tells both, with what it costs and returns."""
    await _tell_booking(db, event)


async def on_booking_confirmed(db: AsyncConnection, event: e.BookingConfirmed) -> None:
    """Tells both, with the calendar entry; reminders are planned."""
    await _tell_booking(db, event)


async def on_booking_payment_failed(db: AsyncConnection, event: e.BookingPaymentFailed) -> None:
    """Tells the seeker why, and until when it can be put right."""
    await _tell_booking(db, event)


async def on_booking_rescheduled(db: AsyncConnection, event: e.BookingRescheduled) -> None:
    """Tells both the new time; reminders follow."""
    await _tell_booking(db, event)


async def _tell_proposal(db: AsyncConnection, event: e.RescheduleEvent) -> None:
    seeker, consultant = event.seeker_id, event.consultant_id
    mine, others = (seeker, consultant) if event.proposed_by == "seeker" else (consultant, seeker)
    more = {str(Reader.PROPOSER): mine, str(Reader.OTHER): others}
    await _tell_booking(db, event, **more)


async def on_reschedule_proposed(db: AsyncConnection, event: e.RescheduleProposed) -> None:
    """Tells the other party."""
    await _tell_proposal(db, event)


async def on_reschedule_accepted(db: AsyncConnection, event: e.RescheduleAccepted) -> None:
    """Tells both; the new time is told by BookingRescheduled."""
    await _tell_proposal(db, event)


async def on_reschedule_declined(db: AsyncConnection, event: e.RescheduleDeclined) -> None:
    """Tells the proposer."""
    await _tell_proposal(db, event)


async def on_reschedule_withdrawn(db: AsyncConnection, event: e.RescheduleWithdrawn) -> None:
    """Tells the other party."""
    await _tell_proposal(db, event)


async def on_reschedule_expired(db: AsyncConnection, event: e.RescheduleExpired) -> None:
    """Tells the proposer."""
    await _tell_proposal(db, event)


async def on_session_started(db: AsyncConnection, event: e.SessionStarted) -> None:
    """Tells both."""
    await _tell_booking(db, event)


async def on_session_missed(db: AsyncConnection, event: e.SessionMissed) -> None:
    """Tells both who was absent, and what it costs."""
    await _tell_booking(db, event)


async def on_session_ended(db: AsyncConnection, event: e.SessionEnded) -> None:
    """Tells both how long it was and what it costs; the seeker is asked for a rating later."""
    await _tell_booking(db, event)


# ---- what is about a booking without naming its parties


async def _tell_about(db: AsyncConnection, event: Any, **more: UUID) -> bool:
    """Tells the parties of a booking; the fact is kept until the booking is known. Whether it was
    told.
    """
    await bookings.lock(db, event.booking_id)
    booking = await bookings.get(db, event.booking_id)
    if booking is None:
        body = msgspec.json.encode(event)
        await bookings.keep_early(db, event_id(), event.booking_id, event, body)
        return False
    await tell(db, event, _parties_of(booking, more))
    return True


def _parties_of(booking: RowMapping, more: Mapping[str, UUID]) -> Parties:
    readers = {Reader.SEEKER: booking["seeker_id"], Reader.CONSULTANT: booking["consultant_id"]}
    return Parties(
        readers | {Reader(name): user for name, user in more.items()},
        booking["booking_id"],
        booking["scheduled_start"],
        booking["scheduled_end"],
        booking["calendar_sequence"],
    )


async def on_session_rated(db: AsyncConnection, event: e.SessionRated) -> None:
    """Tells the consultant; nobody asks for a rating any more."""
    if await _tell_about(db, event):
        await bookings.mark_rated(db, event.booking_id)


async def on_rating_replied(db: AsyncConnection, event: e.RatingReplied) -> None:
    """Tells the seeker."""
    await _tell_about(db, event)


async def on_message_posted(db: AsyncConnection, event: e.MessagePosted) -> None:
    """Tells both live, and the reader by mail if it is not read."""
    more = {str(Reader.AUTHOR): event.author_id, str(Reader.RECIPIENT): event.recipient_id}
    if await _tell_about(db, event, **more):
        booking = await bookings.get(db, event.booking_id)
        assert booking is not None
        await remind_of_message(db, event, _parties_of(booking, more))


async def on_messages_read(db: AsyncConnection, event: e.MessagesRead) -> None:
    """Tells both live; what was read needs no mail."""
    more = {str(Reader.AUTHOR): event.author_id, str(Reader.RECIPIENT): event.reader_id}
    await _tell_about(db, event, **more)
    await note_read(db, event)


async def on_payment_authorized(db: AsyncConnection, event: e.PaymentAuthorized) -> None:
    """Tells both live."""
    await _tell_about(db, event)


async def on_payment_failed(db: AsyncConnection, event: e.PaymentFailed) -> None:
    """Tells both live; what is to be done is told by BookingPaymentFailed."""
    await _tell_about(db, event)


async def on_payment_captured(db: AsyncConnection, event: e.PaymentCaptured) -> None:
    """Tells both live."""
    await _tell_about(db, event)


async def on_payment_released(db: AsyncConnection, event: e.PaymentReleased) -> None:
    """Tells both live."""
    await _tell_about(db, event)


async def on_payment_refunded(db: AsyncConnection, event: e.PaymentRefunded) -> None:
    """Tells the seeker."""
    await _tell_about(db, event)


async def on_payment_disputed(db: AsyncConnection, event: e.PaymentDisputed) -> None:
    """Tells the consultant."""
    await _tell_about(db, event)


async def on_payout_sent(db: AsyncConnection, event: e.PayoutSent) -> None:
    """Tells the consultant."""
    await _tell_about(db, event)


# ---- the rest


async def on_payout_account_changed(db: AsyncConnection, event: e.PayoutAccountChanged) -> None:
    """Tells the consultant live."""
    await _tell_owner(db, event)


async def on_waitlist_time_freed(db: AsyncConnection, event: e.WaitlistTimeFreed) -> None:
    """Tells the seeker whose turn it is."""
    readers = {Reader.SEEKER: event.seeker_id, Reader.CONSULTANT: event.consultant_id}
    await tell(db, event, Parties(readers, None, event.start_time, event.end_time))


async def on_busy_calendar_failed(db: AsyncConnection, event: e.BusyCalendarFailed) -> None:
    """Tells the consultant."""
    await tell(db, event, Parties({Reader.CONSULTANT: event.consultant_id}))


REACTIONS: Reactions = (
    (e.UserRegistered, on_user_registered),
    (e.UserUpdated, on_user_updated),
    (e.UserDeactivated, on_user_deactivated),
    (e.EmailVerificationRequested, on_email_verification_requested),
    (e.PasswordResetRequested, on_password_reset_requested),
    (e.PasswordChanged, on_password_changed),
    (e.EmailChangeRequested, on_email_change_requested),
    (e.EmailChanged, on_email_changed),
    (e.SignedInFromNewDevice, on_signed_in_from_new_device),
    (e.SessionsRevoked, on_sessions_revoked),
    (e.BookingRequested, on_booking_requested),
    (e.BookingAccepted, on_booking_accepted),
    (e.BookingDeclined, on_booking_declined),
    (e.BookingExpired, on_booking_expired),
    (e.BookingCancelled, on_booking_cancelled),
    (e.BookingConfirmed, on_booking_confirmed),
    (e.BookingPaymentFailed, on_booking_payment_failed),
    (e.BookingRescheduled, on_booking_rescheduled),
    (e.RescheduleProposed, on_reschedule_proposed),
    (e.RescheduleAccepted, on_reschedule_accepted),
    (e.RescheduleDeclined, on_reschedule_declined),
    (e.RescheduleWithdrawn, on_reschedule_withdrawn),
    (e.RescheduleExpired, on_reschedule_expired),
    (e.SessionStarted, on_session_started),
    (e.SessionMissed, on_session_missed),
    (e.SessionEnded, on_session_ended),
    (e.SessionRated, on_session_rated),
    (e.RatingReplied, on_rating_replied),
    (e.MessagePosted, on_message_posted),
    (e.MessagesRead, on_messages_read),
    (e.PaymentAuthorized, on_payment_authorized),
    (e.PaymentFailed, on_payment_failed),
    (e.PaymentCaptured, on_payment_captured),
    (e.PaymentReleased, on_payment_released),
    (e.PaymentRefunded, on_payment_refunded),
    (e.PaymentDisputed, on_payment_disputed),
    (e.PayoutSent, on_payout_sent),
    (e.PayoutAccountChanged, on_payout_account_changed),
    (e.WaitlistTimeFreed, on_waitlist_time_freed),
    (e.BusyCalendarFailed, on_busy_calendar_failed),
)
