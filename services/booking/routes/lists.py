"""/bookings: lists and details"""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import FromPath, QueryParameter

from services.booking.domain.model import Actor, Status
from services.booking.queries.bookings import (
    booking_for,
    bookings_of,
    cancellation_for,
    timeline_for,
)
from services.booking.routes.dependencies import Settings, View
from services.booking.schemas.bookings import (
    Booking,
    Cancellation,
    Role,
    TimelineEntry,
    cancellation_schema,
    timeline_entry_schema,
)
from shared.auth import signed_in
from shared.dependencies import AuthenticatedRequest, Reader
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page
from shared.problems import NotFound

Statuses = Annotated[
    list[Status] | None,
    QueryParameter(
        name="status", description="Only bookings with these statuses; may be repeated."
    ),
]


@get("/bookings/me", guards=[signed_in], tags=["booking"], summary="List my bookings, newest first")
async def mine(
    request: AuthenticatedRequest,
    reader: Reader,
    view: View,
    status: Statuses = None,
    role: Annotated[
        Role | None,
        QueryParameter(
            description="The caller's role in the bookings; by default the role of the account."
        ),
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Booking]:
    """The bookings in which the caller is the seeker or the consultant."""
    part = Actor(role or request.user.role)
    found = await bookings_of(reader, request.user.id, part, status or (), limit, cursor)
    return found.map(lambda item: view(*item))


@get(
    "/bookings/{booking_id:uuid}",
    guards=[signed_in],
    responses=errors(NotFound),
    tags=["booking"],
    summary="Show a booking",
)
async def one(
    request: AuthenticatedRequest, reader: Reader, view: View, booking_id: FromPath[UUID]
) -> Booking:
    """Available to its two parties only."""
    return view(*await booking_for(reader, booking_id, request.user))


@get(
    "/bookings/{booking_id:uuid}/timeline",
    guards=[signed_in],
    responses=errors(NotFound),
    tags=["booking"],
    summary="Show the timeline of a booking",
)
async def history(
    request: AuthenticatedRequest,
    reader: Reader,
    booking_id: FromPath[UUID],
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[TimelineEntry]:
    """Every change, including those of the payment, oldest first."""
    found = await timeline_for(reader, booking_id, request.user, limit, cursor)
    return found.map(timeline_entry_schema)


@get(
    "/bookings/{booking_id:uuid}/cancellation",
    guards=[signed_in],
    responses=errors(NotFound),
    tags=["booking"],
    summary="Show what cancelling would cost",
)
async def cancellation(
    request: AuthenticatedRequest, reader: Reader, settings: Settings, booking_id: FromPath[UUID]
) -> Cancellation:
    """What the caller would pay and get back by cancelling the booking now."""
    found = await cancellation_for(reader, booking_id, request.user, settings.session_times)
    return cancellation_schema(found)


HANDLERS = (mine, one, history, cancellation)
