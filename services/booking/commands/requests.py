"""Requests for slots: requested, accepted, declined, or expired."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from services.booking.commands.rules import free_slot
from services.booking.commands.transitions import advance, ensure_not_expired, transition
from services.booking.domain.lifecycle import Verb
from services.booking.domain.model import Actor, Booking, PaymentStatus, Status
from services.booking.domain.policy import BookingPolicy, price_refusal, terms_at
from services.booking.domain.rules import day_around
from services.booking.domain.slots import Offer
from services.booking.errors import SlotUnavailable
from services.booking.store.bookings import event_fields, get_for_party
from services.booking.store.offers import awaits_price, find_offer
from services.booking.store.requests import insert_booking
from services.booking.store.sessions import count_sessions, has_session_between
from services.booking.store.users import ensure_party, lock_user
from shared.auth import User
from shared.clock import now
from shared.db import Executor, Transaction
from shared.events import BookingAccepted, BookingDeclined, BookingExpired, BookingRequested
from shared.ids import new_id
from shared.problems import (
    AccountClosed,
    FieldError,
    Forbidden,
    NotFound,
    Unavailable,
    ValidationFailed,
)

PRICE_ARRIVES_WITHIN = timedelta(seconds=2)
LOOK_EVERY_SECONDS = 0.05
# Each waiting request queries twenty times a second, and with an Idempotency-Key occupies a
# connection: the remaining connections are for other requests.
MAX_WAITING = 3
_waiting = 0

# Returns an Executor, whose statements are one transaction if the argument is True.
ExecutorFor = Callable[[bool], AbstractAsyncContextManager[Executor]]


async def request_booking(
    executor_for: ExecutorFor,
    *,
    by: User,
    consultant_id: UUID,
    slot_id: UUID,
    message: str | None,
    policy: BookingPolicy,
    receives_events: bool,
) -> Booking:
    """Requests a slot for a seeker; it is reserved until the request is declined, cancelled or
    `respond_by` has passed. `executor_for(needs_transaction)` returns what runs the statements.
    Raises Forbidden for the caller's own slot, AccountClosed, NotFound, SlotUnavailable,
    SeekerBusy; Unavailable if the consultant's price is not known while other services' events do
    not arrive (not `receives_events`); ValidationFailed for a price that cannot be charged to a
    card.
    """
    if by.id == consultant_id:
        raise Forbidden("You cannot book your own slot.")
    async with executor_for(False) as run:
        offer = await _offer_for(run, by, consultant_id, slot_id, receives_events)
    at = now()
    if not offer.is_requestable(at):
        raise SlotUnavailable
    booking = _new_booking(offer, by, consultant_id, slot_id, message, at, policy)
    refusal = price_refusal(booking.amount, booking.currency)
    if refusal is not None:
        raise ValidationFailed([FieldError("slot_id", f"cannot be paid for: {refusal}")])
    event = BookingRequested(
        **event_fields(booking), respond_by=booking.respond_by, message=message
    )
    async with executor_for(offer.is_bounded) as run:
        if offer.is_bounded:
            await lock_user(run, consultant_id)
            await _ensure_day_has_room(run, offer, consultant_id)
            await _ensure_pause(run, offer, consultant_id)
        if not await insert_booking(run, booking, event):
            # withdrawn at this moment: NotFound
            await _offer_for(run, by, consultant_id, slot_id, receives_events)
            raise SlotUnavailable
    return booking


async def _ensure_day_has_room(run: Executor, offer: Offer, consultant_id: UUID) -> None:
    """Raises SlotUnavailable if the consultant's day is full."""
    if offer.daily_limit is None:
        return
    day_start, day_end = day_around(offer.start_time, offer.time_zone or "UTC")
    number = await count_sessions(run, consultant_id, day_start, day_end)
    if number >= offer.daily_limit:
        raise SlotUnavailable("The consultant takes no more sessions on that day.")


async def _ensure_pause(run: Executor, offer: Offer, consultant_id: UUID) -> None:
    """Raises SlotUnavailable if a session is nearer than the buffer of the consultant's rules. A
    session booked under earlier rules has its own, possibly shorter buffer, and the exclusion
    constraint enforces only that.
    """
    pause = timedelta(minutes=offer.buffer_minutes or 0)
    if await has_session_between(
        run, consultant_id, offer.start_time - pause, offer.end_time + pause
    ):
        raise SlotUnavailable


def _new_booking(
    offer: Offer,
    by: User,
    consultant_id: UUID,
    slot_id: UUID,
    message: str | None,
    at: datetime,
    policy: BookingPolicy,
) -> Booking:
    terms = terms_at(
        at, offer.start_time, offer.end_time, offer.hourly_rate, offer.currency, policy
    )
    return Booking(
        id=new_id(),
        seeker_id=by.id,
        consultant_id=consultant_id,
        slot_id=slot_id,
        status=Status.REQUESTED,
        message=message,
        scheduled_start=offer.start_time,
        scheduled_end=offer.end_time,
        blocked_until=offer.end_time + timedelta(minutes=offer.buffer_minutes or 0),
        created_at=at,
        updated_at=at,
        seeker_first_name=offer.seeker_first_name,
        seeker_last_name=offer.seeker_last_name,
        consultant_first_name=offer.consultant_first_name,
        consultant_last_name=offer.consultant_last_name,
        **msgspec.structs.asdict(terms),
    )


async def _offer_for(
    run: Executor, by: User, consultant_id: UUID, slot_id: UUID, receives_events: bool
) -> Offer:
    """The offer that `by` wants to book. Raises NotFound, Unavailable, AccountClosed."""
    offer = await find_offer(run, by.id, consultant_id, slot_id)
    if offer is None:
        await ensure_party(run, by)
        offer = await _wait_for_price(run, by, consultant_id, slot_id)
    if offer is None:
        if await awaits_price(run, consultant_id, slot_id) and not receives_events:
            raise Unavailable
        raise NotFound
    if not offer.seeker_is_active:
        raise AccountClosed
    return offer


async def _wait_for_price(
    run: Executor, by: User, consultant_id: UUID, slot_id: UUID
) -> Offer | None:
    """Waits until directory has reported the price, so that a consultant who has just saved their
    profile can be booked. None if it does not arrive.
    """
    global _waiting
    loop = asyncio.get_running_loop()
    give_up = loop.time() + PRICE_ARRIVES_WITHIN.total_seconds()
    _waiting += 1
    try:
        while (offer := await find_offer(run, by.id, consultant_id, slot_id)) is None:
            unpriced = await awaits_price(run, consultant_id, slot_id)
            if not unpriced or loop.time() > give_up or _waiting > MAX_WAITING:
                return None
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        return offer
    finally:
        _waiting -= 1


# ---- the answer


async def accept_booking(db: Transaction, *, booking_id: UUID, by: User) -> Booking:
    """Accepts a request; payments then authorises the card. Raises NotFound, InvalidTransition."""
    booking, actor = await get_for_party(db, booking_id, by)
    status = advance(booking, Verb.ACCEPT, actor)
    ensure_not_expired(booking)
    accepted = booking.changed(
        status=status, payment_status=PaymentStatus.AUTHORIZING, payment_attempt=1
    )
    event = BookingAccepted(
        **event_fields(accepted), commission_amount=accepted.commission_amount, attempt=1
    )
    return await transition(db, booking, accepted, actor, event)


async def decline_booking(
    db: Transaction, *, booking_id: UUID, by: User, reason: str | None
) -> Booking:
    """Declines a request; the slot is free again. Raises NotFound, InvalidTransition."""
    booking, actor = await get_for_party(db, booking_id, by)
    declined = booking.changed(status=advance(booking, Verb.DECLINE, actor), reason=reason)
    ensure_not_expired(booking)
    await free_slot(db, booking.consultant_id, booking.slot_id)
    event = BookingDeclined(**event_fields(declined), reason=reason)
    return await transition(db, booking, declined, actor, event, detail={"reason": reason})


async def expire_booking(db: Transaction, booking: Booking) -> None:
    """At the deadline: expires a request that was not answered in time; the slot is free again."""
    expired = booking.changed(status=advance(booking, Verb.EXPIRE, Actor.SYSTEM))
    await free_slot(db, booking.consultant_id, booking.slot_id)
    event = BookingExpired(**event_fields(expired))
    await transition(db, booking, expired, Actor.SYSTEM, event)
