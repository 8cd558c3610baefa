"""/bookings: request, read, answer, call off, pay again"""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import QueryParameter

from services.booking import queries
from services.booking.commands.cancellations import cancel_booking
from services.booking.commands.payments import retry_payment
from services.booking.commands.requests import accept_booking, decline_booking, request_booking
from services.booking.errors import SeekerBusy, SlotUnavailable
from services.booking.lifecycle import Actor, Status
from services.booking.routes.transitions import transition
from services.booking.schemas import (
    Booking,
    Cancellation,
    NewBooking,
    Refusal,
    Role,
    TimelineEntry,
    booking_of,
)
from shared.auth import consultant, seeker, signed_in
from shared.db import Executor, after_commit, in_transaction
from shared.idempotency import key_of, once
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page
from shared.problems import NotFound
from shared.service import Db, FromPath, JSONBody, Reader

Statuses = Annotated[
    list[Status] | None, QueryParameter(name="status", description="Only these; may repeat.")
]


@post(
    "/bookings",
    guards=[seeker],
    responses=errors(NotFound, SlotUnavailable, SeekerBusy),
    tags=["booking"],
    summary="Request a slot",
)
async def request_slot(request: Request[Any, Any, Any], data: JSONBody[NewBooking]) -> Booking:
    """The slot is held for the seeker until the consultant answers, at most until `respond_by`.
    Nothing is charged yet.
    """
    database, free_time = request.app.state.service.database, request.app.state.free_time
    answer: Any
    if key_of(request) is None:
        answer = await _request(database.autocommit, request, data)
    else:
        async with database.transaction() as db:  # in which the key's answer is written too
            answer = await once(db, request, partial(_request, in_transaction(db), request, data))
    free_time.wake()
    return answer  # type: ignore[no-any-return] # with a key it is the kept answer, a booking already rendered


async def _request(run: Executor, request: Request[Any, Any, Any], data: NewBooking) -> Booking:
    booking = await request_booking(
        run,
        by=request.user,
        consultant_id=data.consultant_id,
        slot_id=data.slot_id,
        message=data.message,
        settings=request.app.state.settings,
    )
    return booking_of(booking)


@get("/bookings/me", guards=[signed_in], tags=["booking"], summary="My bookings, the newest first")
async def mine(
    request: Request[Any, Any, Any],
    reader: Reader,
    status: Statuses = None,
    role: Annotated[
        Role | None, QueryParameter(description="My part in them; my own role when absent.")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Booking]:
    """Those in which I am the seeker, or the consultant."""
    part = Actor(role or request.user.role)
    return await queries.bookings_of(reader, request.user.id, part, status or (), limit, cursor)


@get(
    "/bookings/{booking_id:uuid}",
    guards=[signed_in],
    responses=errors(NotFound),
    tags=["booking"],
    summary="One booking",
)
async def one(
    request: Request[Any, Any, Any], reader: Reader, booking_id: FromPath[UUID]
) -> Booking:
    """For its two people."""
    return await queries.booking_for(reader, booking_id, request.user)


@get(
    "/bookings/{booking_id:uuid}/timeline",
    guards=[signed_in],
    responses=errors(NotFound),
    tags=["booking"],
    summary="What happened to a booking",
)
async def history(
    request: Request[Any, Any, Any],
    reader: Reader,
    booking_id: FromPath[UUID],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[TimelineEntry]:
    """Every change, money included, the oldest first; 100 when `limit` is absent, so that one page
    nearly always has it all.
    """
    return await queries.timeline_for(reader, booking_id, request.user, limit, cursor)


@transition("accept", consultant, summary="Accept a request", status_code=202)
async def accept(request: Request[Any, Any, Any], db: Db, booking_id: FromPath[UUID]) -> Booking:
    """The seeker's card is asked for the money; the booking is `confirmed` once it is held,
    `payment_failed` if it cannot be.
    """
    return booking_of(await accept_booking(db, booking_id=booking_id, by=request.user))


@transition("decline", consultant, summary="Decline a request")
async def decline(
    request: Request[Any, Any, Any],
    db: Db,
    booking_id: FromPath[UUID],
    data: JSONBody[Refusal | None] = None,
) -> Booking:
    """The slot is free again."""
    reason = data.reason if data is not None else None
    booking = await decline_booking(db, booking_id=booking_id, by=request.user, reason=reason)
    after_commit(db, request.app.state.free_time.wake)
    return booking_of(booking)


@get(
    "/bookings/{booking_id:uuid}/cancellation",
    guards=[signed_in],
    responses=errors(NotFound),
    tags=["booking"],
    summary="What cancelling would cost",
)
async def cancellation(
    request: Request[Any, Any, Any], reader: Reader, booking_id: FromPath[UUID]
) -> Cancellation:
    """If I called the booking off now."""
    return await queries.cancellation_for(reader, booking_id, request.user)


@transition("cancel", signed_in, summary="Call a booking off")
async def cancel(
    request: Request[Any, Any, Any],
    db: Db,
    booking_id: FromPath[UUID],
    data: JSONBody[Refusal | None] = None,
) -> Booking:
    """Free for the consultant, and for the seeker until 24 hours before a confirmed session; then
    half of the price is due.
    """
    reason = data.reason if data is not None else None
    booking = await cancel_booking(db, booking_id=booking_id, by=request.user, reason=reason)
    after_commit(db, request.app.state.free_time.wake)
    return booking_of(booking)


@transition("retry-payment", seeker, summary="Try the payment again", status_code=202)
async def pay_again(request: Request[Any, Any, Any], db: Db, booking_id: FromPath[UUID]) -> Booking:
    """With the card that is on file now. Only in `payment_failed`."""
    return booking_of(await retry_payment(db, booking_id=booking_id, by=request.user))


ROUTES = (request_slot, mine, one, history, accept, decline, cancellation, cancel, pay_again)
