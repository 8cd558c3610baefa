"""Reactions of directory to names, free time, ratings and payout accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.directory import store
from shared.db import Transaction
from shared.events import (
    AvailabilityChanged,
    PayoutAccountChanged,
    RatingReplied,
    SessionRated,
    UserDeactivated,
    UserEvent,
    UserRegistered,
    UserUpdated,
)
from shared.free_time import decode_slots
from shared.inbox import Reactions
from shared.projections import is_stale, latest_sequence


async def on_user_registered(db: Transaction, event: UserRegistered) -> None:
    """Stores the consultant's names, before they have a profile."""
    await _save_user(db, event)


async def on_user_updated(db: Transaction, event: UserUpdated) -> None:
    """Updates the consultant's names in profile and search, and whether their address is
    verified.
    """
    await _save_user(db, event)


async def _save_user(db: Transaction, event: UserEvent) -> None:
    if event.role != "consultant":
        return
    consultant = await store.get_for_update(db, event.user_id)
    if not is_stale(consultant.last_user_sequence):
        await store.save(
            db,
            consultant,
            first_name=event.first_name,
            last_name=event.last_name,
            email_verified=event.email_verified,
            last_user_sequence=latest_sequence(consultant.last_user_sequence),
        )


async def on_user_deactivated(db: Transaction, event: UserDeactivated) -> None:
    """Removes the consultant from the directory; a job deletes their photo."""
    if event.role != "consultant":
        return
    consultant = await store.get_for_update(db, event.user_id)
    if consultant.is_active:
        await store.save(db, consultant, is_active=False)


async def on_payout_account_changed(db: Transaction, event: PayoutAccountChanged) -> None:
    """Stores whether the payout account can receive money, which a verified consultant's can.
    Removes a consultant whom Stripe has rejected, which is final, from lists; their profile remains
    available through its link.
    """
    consultant = await store.get_for_update(db, event.user_id)
    changes: dict[str, Any] = {}
    if event.state == "rejected":
        changes["is_rejected"] = True
    if not is_stale(consultant.last_payout_account_sequence):
        changes["payouts_active"] = event.state == "active"
        changes["last_payout_account_sequence"] = latest_sequence(
            consultant.last_payout_account_sequence
        )
    if changes:
        await store.save(db, consultant, **changes)


async def on_availability_changed(db: Transaction, event: AvailabilityChanged) -> None:
    """Stores the consultant's free time as of the newest event."""
    consultant = await store.get_for_update(db, event.consultant_id)
    if is_stale(consultant.last_availability_sequence):
        return
    await store.save_free_time(
        db,
        event.consultant_id,
        decode_slots(event),
        next_available_at=event.next_available_at,
        minimum_notice=timedelta(minutes=event.minimum_notice_minutes),
        last_sequence=latest_sequence(consultant.last_availability_sequence),
    )


async def on_session_rated(db: Transaction, event: SessionRated) -> None:
    """Stores the rating, once per booking, and includes it in the average by which the consultant
    is ranked.
    """
    consultant = await store.get_for_update(db, event.consultant_id)
    is_new = await store.insert_rating(
        db,
        booking_id=event.booking_id,
        consultant_id=event.consultant_id,
        score=event.score,
        comment=event.comment,
        seeker_first_name=event.seeker_first_name,
        created_at=event.rated_at,
    )
    if is_new:
        await store.save(
            db,
            consultant,
            rating_sum=consultant.rating_sum + event.score,
            rating_count=consultant.rating_count + 1,
        )


async def on_rating_replied(db: Transaction, event: RatingReplied) -> None:
    """Stores the consultant's reply, whether its rating is already known or not."""
    await store.insert_reply(
        db, booking_id=event.booking_id, body=event.body, created_at=event.replied_at
    )


REACTIONS: Reactions = (
    (UserRegistered, on_user_registered),
    (UserUpdated, on_user_updated),
    (UserDeactivated, on_user_deactivated),
    (AvailabilityChanged, on_availability_changed),
    (SessionRated, on_session_rated),
    (RatingReplied, on_rating_replied),
    (PayoutAccountChanged, on_payout_account_changed),
)
