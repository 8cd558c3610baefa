"""The part of the API that the benchmark's scenarios use, with the project's paths and fields."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import httpx
from fastapi import APIRouter, HTTPException, Query
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, joinedload

from bench.peer import payments, schemas, security
from bench.peer.database import Session
from bench.peer.models import Booking, Profile, Slot, User, now
from bench.peer.security import Caller, SignedIn
from bench.peer.settings import settings

router = APIRouter()

# ---- users


@router.post("/users/register", status_code=201)
async def register(session: Session, data: schemas.Registration) -> schemas.Session:
    """Opens an account and signs in."""
    user = User(
        **data.model_dump(exclude={"password"}),
        hashed_password=await security.hash_password(data.password),
    )
    session.add(user)
    try:
        await session.commit()
    except IntegrityError:
        raise HTTPException(409, "That address has an account.") from None
    return schemas.Session(
        user=schemas.UserAnswer.model_validate(user),
        access_token=security.token_for(user),
        expires_in=int(security.LIFETIME.total_seconds()),
    )


@router.get("/users/me")
async def me(session: Session, caller: SignedIn) -> schemas.UserAnswer:
    """The caller's account."""
    return schemas.UserAnswer.model_validate(await session.get(User, caller.id))


# ---- consultants


def _card(profile: Profile, next_available_at: datetime | None) -> dict[str, Any]:
    columns = {column.key: getattr(profile, column.key) for column in Profile.__table__.columns}
    names = {"first_name": profile.user.first_name, "last_name": profile.user.last_name}
    return {**columns, **names, "next_available_at": next_available_at}


def _profiles() -> Select[Any]:
    """Profiles with their users and next free time."""
    free = (
        select(func.min(Slot.start_time))
        .where(Slot.consultant_id == Profile.consultant_id, ~Slot.is_booked)
        .where(Slot.start_time > func.now())
        .scalar_subquery()
    )
    query: Select[Any] = select(Profile, free).join(Profile.user)  # type: ignore[assignment]
    return query.options(contains_eager(Profile.user))


@router.put("/consultants/me/profile")
async def put_profile(
    session: Session, caller: SignedIn, data: schemas.ProfileEdit
) -> schemas.ProfileAnswer:
    """Creates or changes the caller's profile."""
    user = await session.get_one(User, caller.id)
    profile = await session.get(Profile, caller.id) or Profile(consultant_id=caller.id)
    for name, value in data.model_dump().items():
        setattr(profile, name, value)
    texts = [user.first_name, user.last_name, data.headline, *data.expertise_tags]
    profile.searched = " ".join(texts).lower()
    session.add(profile)
    await session.commit()
    return await profile_of(session, caller.id)


@router.get("/consultants/{consultant_id}/profile")
async def profile_of(session: Session, consultant_id: UUID) -> schemas.ProfileAnswer:
    """One consultant."""
    query = _profiles().where(Profile.consultant_id == consultant_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise HTTPException(404, "There is no such consultant.")
    return schemas.ProfileAnswer(**_card(*row))


@router.get("/consultants")
async def consultants(
    session: Session,
    search: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> schemas.Cards:
    """Best rated first; `search` matches part of the name, headline and tags."""
    best: ColumnElement[float] = func.coalesce(Profile.average_rating, 0)
    query = _profiles().order_by(best.desc(), Profile.consultant_id.desc()).limit(limit)
    for word in (search or "").lower().split():
        query = query.where(Profile.searched.contains(word, autoescape=True))
    rows = (await session.execute(query)).all()
    return schemas.Cards(items=[schemas.Card(**_card(*row)) for row in rows])


# ---- availability


@router.post("/consultants/me/availability", status_code=201)
async def add_slots(session: Session, caller: SignedIn, data: schemas.NewSlots) -> schemas.Slots:
    """Offers times."""
    slots = [Slot(consultant_id=caller.id, **slot.model_dump()) for slot in data.slots]
    session.add_all(slots)
    try:
        await session.commit()
    except IntegrityError:
        raise HTTPException(409, "A slot overlaps another.") from None
    return schemas.Slots.model_validate({"items": slots})


@router.get("/consultants/{consultant_id}/availability")
async def availability(
    session: Session,
    consultant_id: UUID,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> schemas.Slots:
    """A consultant's free slots."""
    query = (
        select(Slot)
        .where(Slot.consultant_id == consultant_id, ~Slot.is_booked, Slot.start_time > func.now())
        .order_by(Slot.start_time)
        .limit(limit)
    )
    slots = (await session.scalars(query)).all()
    return schemas.Slots.model_validate({"items": slots})


# ---- bookings


@router.post("/bookings", status_code=201)
async def request_booking(
    session: Session, caller: SignedIn, data: schemas.NewBooking
) -> schemas.BookingAnswer:
    """Requests a slot."""
    query = select(Slot).where(Slot.id == data.slot_id, Slot.consultant_id == data.consultant_id)
    slot = (await session.scalars(query.with_for_update())).one_or_none()
    profile = await session.get(Profile, data.consultant_id)
    if slot is None or profile is None:
        raise HTTPException(404, "There is no such slot.")
    if slot.is_booked or slot.start_time <= now():
        raise HTTPException(409, "The slot is taken.")
    seconds = int((slot.end_time - slot.start_time).total_seconds())
    amount = (profile.hourly_rate * seconds + 1800) // 3600
    slot.is_booked = True
    booking = Booking(
        seeker_id=caller.id,
        consultant_id=data.consultant_id,
        slot_id=slot.id,
        message=data.message,
        scheduled_start=slot.start_time,
        scheduled_end=slot.end_time,
        amount=amount,
        currency=profile.currency,
        commission_amount=(amount * settings.commission_bps + 5000) // 10000,
        respond_by=min(now() + timedelta(seconds=settings.respond_within_seconds), slot.start_time),
    )
    session.add(booking)
    try:
        await session.commit()
    except IntegrityError:
        raise HTTPException(409, "The slot is taken.") from None
    return await booking_of(session, caller, booking.id)


async def _party(session: Session, caller: Caller, booking_id: UUID, *options: Any) -> Booking:
    """The caller's booking; locked for a change unless `options` gives what to load with it."""
    query = select(Booking).where(Booking.id == booking_id).options(*options)
    if not options:
        query = query.with_for_update()
    booking = (await session.scalars(query)).one_or_none()
    if booking is None or caller.id not in (booking.seeker_id, booking.consultant_id):
        raise HTTPException(404, "There is no such booking.")
    return booking


def _expect(booking: Booking, status: str) -> None:
    if booking.status != status:
        raise HTTPException(409, f"The booking is {booking.status}.")


@router.get("/bookings/{booking_id}")
async def booking_of(session: Session, caller: SignedIn, booking_id: UUID) -> schemas.BookingAnswer:
    """One booking."""
    parties = (joinedload(Booking.seeker), joinedload(Booking.consultant))
    return schemas.BookingAnswer.model_validate(await _party(session, caller, booking_id, *parties))


@router.post("/bookings/{booking_id}/accept", status_code=202)
async def accept(session: Session, caller: SignedIn, booking_id: UUID) -> schemas.BookingAnswer:
    """Accepts and authorises the payment at once: the request waits for Stripe."""
    booking = await _party(session, caller, booking_id)
    _expect(booking, "requested")
    try:
        booking.payment_intent_id = await payments.authorize(booking)
        booking.status, booking.payment_status = "confirmed", "authorized"
    except httpx.HTTPError:
        booking.status, booking.payment_status = "payment_failed", "failed"
        booking.payment_failure = "card_declined"
    await session.commit()
    return await booking_of(session, caller, booking_id)


@router.post("/bookings/{booking_id}/start")
async def start(session: Session, caller: SignedIn, booking_id: UUID) -> schemas.BookingAnswer:
    """Starts the session."""
    booking = await _party(session, caller, booking_id)
    _expect(booking, "confirmed")
    early = timedelta(seconds=settings.start_early_seconds)
    if not booking.scheduled_start - early <= now() <= booking.scheduled_end:
        raise HTTPException(409, "It is not the time.")
    booking.status, booking.session_start_time = "in_progress", now()
    await session.commit()
    return await booking_of(session, caller, booking_id)


@router.post("/bookings/{booking_id}/end")
async def end(session: Session, caller: SignedIn, booking_id: UUID) -> schemas.BookingAnswer:
    """Ends the session, and charges it if it was longer than the free period."""
    booking = await _party(session, caller, booking_id)
    _expect(booking, "in_progress")
    assert booking.session_start_time is not None
    booking.status, booking.session_end_time = "completed", now()
    lasted = booking.session_end_time - booking.session_start_time
    booking.duration_seconds = int(lasted.total_seconds())
    if booking.duration_seconds > settings.free_period_seconds:
        await payments.capture(booking)
        booking.payment_status = "captured"
    else:
        await payments.release(booking)
        booking.payment_status = "released"
    await session.commit()
    return await booking_of(session, caller, booking_id)
