"""/consultants/…/availability"""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from services.booking.commands.availability import offer_slots, withdraw_slot
from services.booking.errors import SlotBooked, SlotOverlaps, TooManySlots
from services.booking.queries.availability import free_slots, own_slots
from services.booking.routes.dependencies import FreeTime, Settings
from services.booking.schemas.slots import NewSlots, Slot, Slots, slot_schema
from shared.auth import consultant
from shared.clock import utc_or_none
from shared.dependencies import AuthenticatedRequest, Db, Reader
from shared.fields import Instant
from shared.idempotency import idempotent
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page
from shared.problems import AccountClosed, NotFound
from shared.query import IN_ORDER

From = Annotated[
    Instant | None,
    QueryParameter(name="from", description="Slots that start at this time or later."),
]
To = Annotated[Instant | None, QueryParameter(description="Slots that start before this time.")]


@post(
    "/consultants/me/availability",
    guards=[consultant],
    responses=errors(AccountClosed, SlotOverlaps, TooManySlots),
    tags=["availability"],
    summary="Offer slots",
)
@idempotent
async def offer(
    request: AuthenticatedRequest,
    db: Db,
    settings: Settings,
    free_time: FreeTime,
    data: JSONBody[NewSlots],
) -> Slots:
    """Creates all slots or none: the request is rejected if one is past, too short
    (`minimum_slot_seconds` of `/config`), longer than 8 hours, or overlaps another. There can be at
    most 2,000 future free slots, at most 366 days ahead.
    """
    wanted = [(slot.start_time, slot.end_time) for slot in data.slots]
    slots = await offer_slots(db, by=request.user, wanted=wanted, shortest=settings.shortest_slot)
    db.after_commit(free_time.wake)
    return Slots([slot_schema(slot) for slot in slots])


@get(
    "/consultants/me/availability",
    guards=[consultant],
    opt={IN_ORDER: [("from", "to")]},
    tags=["availability"],
    summary="List my slots, including booked ones",
)
async def own(
    request: AuthenticatedRequest,
    reader: Reader,
    from_: From = None,
    to: To = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Slot]:
    """Future slots and those of the last 90 days, ordered by time."""
    since, until = utc_or_none(from_, "from"), utc_or_none(to, "to")
    found = await own_slots(reader, request.user.id, since, until, limit, cursor)
    return found.map(slot_schema)


@delete(
    "/consultants/me/availability/{slot_id:uuid}",
    guards=[consultant],
    responses=errors(AccountClosed, NotFound, SlotBooked),
    tags=["availability"],
    summary="Withdraw a free slot",
)
async def withdraw(
    request: AuthenticatedRequest, db: Db, free_time: FreeTime, slot_id: FromPath[UUID]
) -> None:
    """The slot can no longer be requested. A booked slot cannot be withdrawn: cancel the booking
    first.
    """
    await withdraw_slot(db, by=request.user, slot_id=slot_id)
    db.after_commit(free_time.wake)


@get(
    "/consultants/{consultant_id:uuid}/availability",
    opt={IN_ORDER: [("from", "to")]},
    tags=["availability"],
    summary="List a consultant's free slots",
)
async def free(
    reader: Reader,
    consultant_id: FromPath[UUID],
    from_: From = None,
    to: To = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Slot]:
    """The slots that can be booked, ordered by time. The list is empty if there are none, or no
    such consultant.
    """
    since, until = utc_or_none(from_, "from"), utc_or_none(to, "to")
    found = await free_slots(reader, consultant_id, since, until, limit, cursor)
    return found.map(slot_schema)


HANDLERS = (offer, own, withdraw, free)
