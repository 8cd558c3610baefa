"""/consultants/{id}/waitlist, /consultants/me/waitlist"""

from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from services.booking.commands.waitlist import join_waitlist, leave_waitlist
from services.booking.queries.waitlist import waitlist_entries_of, waitlist_entry_of
from services.booking.schemas.waitlist import (
    MyWaitlistEntry,
    NewWaitlistEntry,
    WaitlistEntry,
    my_waitlist_entry_schema,
    waitlist_entry_schema,
)
from shared.auth import seeker
from shared.dependencies import AuthenticatedRequest, Db, Reader
from shared.idempotency import idempotent
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page
from shared.problems import NotFound


@post(
    "/consultants/{consultant_id:uuid}/waitlist",
    guards=[seeker],
    responses=errors(NotFound),
    tags=["waitlist"],
    summary="Join a consultant's waitlist",
)
@idempotent
async def join(
    request: AuthenticatedRequest,
    db: Db,
    consultant_id: FromPath[UUID],
    data: JSONBody[NewWaitlistEntry],
) -> WaitlistEntry:
    """When a slot between `from` and `to` (at most 60 days apart) becomes free, the seekers on the
    waitlist are notified one after the other, 30 minutes apart, while it is free. A seeker who is
    on the list already keeps their place, with the new times.
    """
    entry = await join_waitlist(
        db, by=request.user, consultant_id=consultant_id, start=data.from_, end=data.to
    )
    return waitlist_entry_schema(entry)


@get(
    "/consultants/{consultant_id:uuid}/waitlist",
    guards=[seeker],
    responses=errors(NotFound),
    tags=["waitlist"],
    summary="Show my entry on a waitlist",
)
async def entry(
    request: AuthenticatedRequest, reader: Reader, consultant_id: FromPath[UUID]
) -> WaitlistEntry:
    """404 if there is no entry, the seeker has booked in the meantime, or the time has passed."""
    return waitlist_entry_schema(await waitlist_entry_of(reader, request.user.id, consultant_id))


@get(
    "/consultants/me/waitlist",
    guards=[seeker],
    tags=["waitlist"],
    summary="List my entries on waitlists",
)
async def entries(
    request: AuthenticatedRequest, reader: Reader, limit: Limit = 20, cursor: Cursor = None
) -> Page[MyWaitlistEntry]:
    """For all consultants, oldest first."""
    found = await waitlist_entries_of(reader, request.user.id, limit, cursor)
    return found.map(my_waitlist_entry_schema)


@delete(
    "/consultants/{consultant_id:uuid}/waitlist",
    guards=[seeker],
    tags=["waitlist"],
    summary="Leave a waitlist",
)
async def leave(request: AuthenticatedRequest, db: Db, consultant_id: FromPath[UUID]) -> None:
    """Also succeeds if there is no entry."""
    await leave_waitlist(db, by=request.user, consultant_id=consultant_id)


HANDLERS = (join, entry, entries, leave)
