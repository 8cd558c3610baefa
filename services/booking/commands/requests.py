"""Asking for a slot, and the answer: request, accept, decline, or no answer at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from services.booking.commands.rules import free_slot
from services.booking.commands.transitions import advance, apply_transition
from services.booking.domain.lifecycle import Verb
from services.booking.domain.model import Actor, Booking, PaymentStatus, Status
from services.booking.domain.policy import BookingPolicy, price_refusal, terms_at
from services.booking.domain.rules import day_around
from services.booking.domain.slots import Offer
from services.booking.errors import InvalidTransition, SlotUnavailable
from services.booking.store.bookings import event_fields, get_for_party
from services.booking.store.offers import awaits_price, find_offer
from services.booking.store.requests import insert_booking
from services.booking.store.rules import count_sessions, has_session_between
from services.booking.store.users import ensure_party, lock_consultant
from shared.auth import User
from shared.clock import now
from shared.db import Executor
from shared.events import BookingAccepted, BookingDeclined, BookingExpired, BookingRequested
from shared.ids import new_id
from shared.problems import FieldError, Forbidden, NotFound, Unavailable, ValidationFailed

PRICE_ARRIVES_WITHIN = timedelta(seconds=2)
LOOK_EVERY_SECONDS = 0.05
# Each of those who wait asks twenty times a second, and with an Idempotency-Key holds a connection:
# the rest is for everybody else.
MAX_WAITING = 3
_waiting = 0

# Gives an Executor whose statements are one transaction, where that is asked for.
Exclusively = Callable[[bool], AbstractAsyncContextManager[Executor]]


async def request_booking(
    exclusively: Exclusively,
    *,
    by: User,
    consultant_id: UUID,
    slot_id: UUID,
    message: str | None,
    policy: BookingPolicy,
    receives_events: bool,
) -> Booking:
    """A seeker asks for a slot; it is theirs until it is declined, cancelled or `respond_by` has
    passed. `exclusively(needed)` gives what runs the statements, in a transaction where one is
    needed. Raises Forbidden for one's own slot, NotFound, SlotUnavailable, SeekerBusy; Unavailable
    where the consultant's price is not known and may be on its way, for other services' events do
    not arrive (not `receives_events`); ValidationFailed for a price that no card can be charged.
    """
    if by.id == consultant_id:
        raise Forbidden("You cannot book your own slot.")
    async with exclusively(False) as run:
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
    async with exclusively(offer.is_bounded) as run:
        if offer.is_bounded:
            await lock_consultant(run, consultant_id)
            await _ensure_day_has_room(run, offer, consultant_id)
            await _ensure_pause(run, offer, consultant_id)
        if not await insert_booking(run, booking, event):
            # withdrawn in this moment: NotFound
            await _offer_for(run, by, consultant_id, slot_id, receives_events)
            raise SlotUnavailable
    return booking


async def _ensure_day_has_room(run: Executor, offer: Offer, consultant_id: UUID) -> None:
    """Raises SlotUnavailable where the consultant's day is full."""
    if offer.daily_limit is None:
        return
    day_start, day_end = day_around(offer.start_time, offer.time_zone or "UTC")
    number = await count_sessions(run, consultant_id, day_start, day_end)
    if number >= offer.daily_limit:
        raise SlotUnavailable("The consultant takes no more sessions on that day.")


async def _ensure_pause(run: Executor, offer: Offer, consultant_id: UUID) -> None:
    """Raises SlotUnavailable where a session is nearer than the pause of the consultant's rules. A
    session that was booked under others carries a shorter one, which is all that the exclusion
    constraint holds.
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
    """What `by` wants to book. Raises NotFound, Unavailable; Forbidden where the seeker's account
    is closed.
    """
    offer = await find_offer(run, by.id, consultant_id, slot_id)
    if offer is None:
        await ensure_party(run, by)
        offer = await _wait_for_price(run, by, consultant_id, slot_id)
    if offer is None:
        if await awaits_price(run, consultant_id, slot_id) and not receives_events:
            raise Unavailable
        raise NotFound
    if not offer.seeker_is_active:
        raise Forbidden("This account is closed.")
    return offer


async def _wait_for_price(
    run: Executor, by: User, consultant_id: UUID, slot_id: UUID
) -> Offer | None:
    """The offer, as soon as directory has reported its price: a consultant who saved their profile
    a moment ago can be booked. None where waiting does not help, or did not.
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


async def accept_booking(db: AsyncConnection, *, booking_id: UUID, by: User) -> Booking:
    """The consultant says yes; payments is asked to hold the money. Raises NotFound,
    InvalidTransition.
    """
    booking, actor = await get_for_party(db, booking_id, by)
    status = advance(booking, Verb.ACCEPT, actor)
    if now() > booking.respond_by:
        raise InvalidTransition(
            f"The booking is {booking.status}, but it could be answered until"
            f" {booking.respond_by:%Y-%m-%d %H:%M} UTC: it has expired."
        )
    accepted = booking.changed(
        status=status, payment_status=PaymentStatus.AUTHORIZING, payment_attempt=1
    )
    event = BookingAccepted(
        **event_fields(accepted), commission_amount=accepted.commission_amount, attempt=1
    )
    return await apply_transition(db, booking, accepted, actor, event)


async def decline_booking(
    db: AsyncConnection, *, booking_id: UUID, by: User, reason: str | None
) -> Booking:
    """The consultant says no; the slot is free again. Raises NotFound, InvalidTransition."""
    booking, actor = await get_for_party(db, booking_id, by)
    declined = booking.changed(status=advance(booking, Verb.DECLINE, actor), reason=reason)
    await free_slot(db, booking.consultant_id, booking.slot_id)
    event = BookingDeclined(**event_fields(declined), reason=reason)
    return await apply_transition(db, booking, declined, actor, event, detail={"reason": reason})


async def expire_booking(db: AsyncConnection, booking: Booking) -> None:
    """On the deadline: the request was not answered until `respond_by`; the slot is free again."""
    expired = booking.changed(status=advance(booking, Verb.EXPIRE, Actor.SYSTEM))
    await free_slot(db, booking.consultant_id, booking.slot_id)
    event = BookingExpired(**event_fields(expired))
    await apply_transition(db, booking, expired, Actor.SYSTEM, event)
