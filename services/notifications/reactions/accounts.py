"""Reactions to events about one account: its user, sign-ins, payout account and waitlist
entries.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from services.notifications import signals
from services.notifications.commands.announcements import announce
from services.notifications.domain.model import Reader
from services.notifications.domain.parties import Parties
from services.notifications.store import calendar_failures, sessions, users
from shared import events as e
from shared.db import Transaction
from shared.inbox import Reactions


async def on_user_registered(db: Transaction, event: e.UserRegistered) -> None:
    """Adds the user."""
    await _save_user(db, event)


async def on_user_updated(db: Transaction, event: e.UserUpdated) -> None:
    """Updates the user's name, time zone or language."""
    await _save_user(db, event)


async def on_user_deactivated(db: Transaction, event: e.UserDeactivated) -> None:
    """Stops notifications to the user, except those about money."""
    await _save_user(db, event)
    await users.deactivate(db, event.user_id)


async def _save_user(db: Transaction, event: e.UserEvent) -> None:
    await users.save(
        db,
        event.user_id,
        role=event.role,
        first_name=event.first_name,
        last_name=event.last_name,
        time_zone=event.time_zone,
        language=event.language,
        email_verified=event.email_verified,
    )
    await users.save_address(db, event.user_id, event.email)


async def on_email_verification_requested(
    db: Transaction, event: e.EmailVerificationRequested
) -> None:
    """Sends the link to the address to be verified."""
    await _announce_to_owner(db, event)


async def on_password_reset_requested(db: Transaction, event: e.PasswordResetRequested) -> None:
    """Sends the link to the address for which it was requested."""
    await _announce_to_owner(db, event)


async def on_password_changed(db: Transaction, event: e.PasswordChanged) -> None:
    """Notifies the owner, who may not have done it."""
    await _announce_to_owner(db, event)


async def on_email_change_requested(db: Transaction, event: e.EmailChangeRequested) -> None:
    """Sends the link to the new address, and a notice to the old one."""
    await _announce_to_owner(db, event)


async def on_email_changed(db: Transaction, event: e.EmailChanged) -> None:
    """Uses the new address from now on, and notifies the old one."""
    await users.save_address(db, event.user_id, event.new_email)
    await _announce_to_owner(db, event)


async def on_new_device_used(db: Transaction, event: e.NewDeviceUsed) -> None:
    """Notifies the owner, who may not have done it."""
    await _announce_to_owner(db, event)


async def on_signed_in_from_new_device(db: Transaction, event: e.SignedInFromNewDevice) -> None:
    """The same event, published by an earlier version of identity."""
    await _announce_to_owner(
        db, e.NewDeviceUsed(user_id=event.user_id, user_agent=event.user_agent, at=event.at)
    )


async def on_sessions_revoked(db: Transaction, event: e.SessionsRevoked) -> None:
    """Ends the streams of those sessions, in every replica."""
    await sessions.end_sessions(db, event.user_id, event.session_ids, event.except_session_id)
    db.after_commit(partial(signals.streams_changed.wake, [event.user_id]))


async def _announce_to_owner(db: Transaction, event: Any) -> None:
    await announce(db, event, Parties({Reader.OWNER: event.user_id}))


async def on_payout_account_changed(db: Transaction, event: e.PayoutAccountChanged) -> None:
    """Notifies the consultant live."""
    await _announce_to_owner(db, event)


async def on_waitlist_time_freed(db: Transaction, event: e.WaitlistTimeFreed) -> None:
    """Notifies the seeker whose turn it is."""
    readers = {Reader.SEEKER: event.seeker_id, Reader.CONSULTANT: event.consultant_id}
    await announce(db, event, Parties(readers, None, event.start_time, event.end_time))


async def on_busy_calendar_failed(db: Transaction, event: e.BusyCalendarFailed) -> None:
    """Notifies the consultant."""
    await announce(db, event, Parties({Reader.CONSULTANT: event.consultant_id}))


async def on_busy_calendar_failure_ended(
    db: Transaction, event: e.BusyCalendarFailureEnded
) -> None:
    """Stops the mail about the failure, if it is still waiting."""
    await calendar_failures.save_ended(db, event.calendar_id)


ACCOUNTS: Reactions = (
    (e.UserRegistered, on_user_registered),
    (e.UserUpdated, on_user_updated),
    (e.UserDeactivated, on_user_deactivated),
    (e.EmailVerificationRequested, on_email_verification_requested),
    (e.PasswordResetRequested, on_password_reset_requested),
    (e.PasswordChanged, on_password_changed),
    (e.EmailChangeRequested, on_email_change_requested),
    (e.EmailChanged, on_email_changed),
    (e.NewDeviceUsed, on_new_device_used),
    (e.SignedInFromNewDevice, on_signed_in_from_new_device),
    (e.SessionsRevoked, on_sessions_revoked),
    (e.PayoutAccountChanged, on_payout_account_changed),
    (e.WaitlistTimeFreed, on_waitlist_time_freed),
    (e.BusyCalendarFailed, on_busy_calendar_failed),
    (e.BusyCalendarFailureEnded, on_busy_calendar_failure_ended),
)
