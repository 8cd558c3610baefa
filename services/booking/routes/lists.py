"""/bookings: what the parties read"""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath, QueryParameter

from services.booking.domain.model import Actor, Cancellation, Status
from services.booking.queries.bookings import (
    booking_for,
    bookings_of,
    cancellation_for,
    timeline_for,
)
from services.booking.routes.dependencies import View
from services.booking.schemas.bookings import Booking, Role, TimelineEntry, entry_schema
from shared.auth import signed_in
from shared.dependencies import Reader
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page
from shared.problems import NotFound

Statuses = Annotated[
    list[Status] | None, QueryParameter(name="status", description="Only these; may repeat.")
]


@get("/bookings/me", guards=[signed_in], tags=["booking"], summary="My bookings, the newest first")
async def mine(
    request: Request[Any, Any, Any],
    reader: Reader,
    view: View,
    status: Statuses = None,
    role: Annotated[
        Role | None, QueryParameter(description="My part in them; my own role when absent.")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Booking]:
    """Those in which I am the seeker, or the consultant."""
    part = Actor(role or request.user.role)
    found = await bookings_of(reader, request.user.id, part, status or (), limit, cursor)
    return Page([view(*item) for item in found.items], found.next_cursor)


@get(
    "/bookings/{booking_id:uuid}",
    guards=[signed_in],
    responses=errors(NotFound),
    tags=["booking"],
    summary="One booking",
)
async def one(
    request: Request[Any, Any, Any], reader: Reader, view: View, booking_id: FromPath[UUID]
) -> Booking:
    """For its two parties."""
    return view(*await booking_for(reader, booking_id, request.user))


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
    found = await timeline_for(reader, booking_id, request.user, limit, cursor)
    return Page([entry_schema(entry) for entry in found.items], found.next_cursor)


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
    """If I cancelled the booking now."""
    return await cancellation_for(reader, booking_id, request.user)


HANDLERS = (mine, one, history, cancellation)
