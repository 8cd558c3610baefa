"""/bookings: request, accept, decline, cancel, retry payment"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from typing import Any
from uuid import UUID

from litestar import post
from litestar.params import FromPath, JSONBody

from services.booking.commands.cancellations import cancel_booking
from services.booking.commands.payments import retry_payment
from services.booking.commands.requests import (
    ExecutorFor,
    accept_booking,
    decline_booking,
    request_booking,
)
from services.booking.errors import SeekerBusy, SlotUnavailable
from services.booking.routes.actions import booking_action
from services.booking.routes.dependencies import FreeTime, Settings, View
from services.booking.schemas.bookings import (
    Booking,
    CancelBooking,
    DeclineBooking,
    NewBooking,
)
from shared.auth import consultant, seeker, signed_in
from shared.db import Database, Executor
from shared.dependencies import AuthenticatedRequest, Broker, Db, Pool
from shared.idempotency import key_of, run_once
from shared.openapi import errors
from shared.problems import AccountClosed, NotFound


@post(
    "/bookings",
    guards=[seeker],
    responses=errors(AccountClosed, NotFound, SlotUnavailable, SeekerBusy),
    tags=["booking"],
    summary="Request a slot",
)
async def request_slot(
    request: AuthenticatedRequest,
    pool: Pool,
    settings: Settings,
    broker: Broker,
    free_time: FreeTime,
    view: View,
    data: JSONBody[NewBooking],
) -> Booking:
    """The slot is reserved for the seeker until the consultant answers, at most until `respond_by`.
    Nothing is charged yet.
    """

    async def work(executor_for: ExecutorFor) -> Booking:
        booking = await request_booking(
            executor_for,
            by=request.user,
            consultant_id=data.consultant_id,
            slot_id=data.slot_id,
            message=data.message,
            policy=settings.policy,
            receives_events=broker.state == "up",
        )
        return view(booking)

    answer: Any
    if key_of(request) is None:
        answer = await work(partial(_executor_for, pool))
    else:
        async with pool.transaction() as db:  # in which the response for the key is stored too
            answer = await run_once(db, request, partial(work, lambda _: nullcontext(db)))
    free_time.wake()
    return answer  # type: ignore[no-any-return] # with a key the kept answer, already rendered


@asynccontextmanager
async def _executor_for(pool: Database, needs_transaction: bool) -> AsyncIterator[Executor]:
    """Single statements, which are faster, unless a transaction is needed."""
    if not needs_transaction:
        yield pool.autocommit
        return
    async with pool.transaction() as db:
        yield db


@booking_action(
    "/bookings/{booking_id:uuid}/accept", consultant, summary="Accept a request", status_code=202
)
async def accept(
    request: AuthenticatedRequest, db: Db, view: View, booking_id: FromPath[UUID]
) -> Booking:
    """The seeker's card is then authorised: the booking becomes `confirmed`, or `payment_failed` if
    that is declined.
    """
    return view(await accept_booking(db, booking_id=booking_id, by=request.user))


@booking_action("/bookings/{booking_id:uuid}/decline", consultant, summary="Decline a request")
async def decline(
    request: AuthenticatedRequest,
    db: Db,
    free_time: FreeTime,
    view: View,
    booking_id: FromPath[UUID],
    data: JSONBody[DeclineBooking | None] = None,
) -> Booking:
    """The slot is free again."""
    reason = data.reason if data is not None else None
    booking = await decline_booking(db, booking_id=booking_id, by=request.user, reason=reason)
    db.after_commit(free_time.wake)
    return view(booking)


@booking_action("/bookings/{booking_id:uuid}/cancel", signed_in, summary="Cancel a booking")
async def cancel(
    request: AuthenticatedRequest,
    db: Db,
    free_time: FreeTime,
    settings: Settings,
    view: View,
    booking_id: FromPath[UUID],
    data: JSONBody[CancelBooking | None] = None,
) -> Booking:
    """Free of charge for the consultant, and for the seeker until a day (or what this marketplace
    has set) before a confirmed session; after that a share of the price is due, half of it by
    default. `GET /bookings/{booking_id}/cancellation` shows what it would cost.
    """
    booking = await cancel_booking(
        db,
        booking_id=booking_id,
        by=request.user,
        reason=data.reason if data is not None else None,
        times=settings.session_times,
    )
    db.after_commit(free_time.wake)
    return view(booking)


@booking_action(
    "/bookings/{booking_id:uuid}/retry-payment",
    seeker,
    summary="Retry the payment",
    status_code=202,
)
async def retry(
    request: AuthenticatedRequest, db: Db, view: View, booking_id: FromPath[UUID]
) -> Booking:
    """With the currently saved card. Only in status `payment_failed`."""
    return view(await retry_payment(db, booking_id=booking_id, by=request.user))


HANDLERS = (request_slot, accept, decline, cancel, retry)
