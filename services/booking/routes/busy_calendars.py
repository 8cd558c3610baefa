"""/consultants/me/calendars: other calendars of a consultant, whose events hide slots"""

from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from services.booking.commands.busy_calendars import (
    add_calendar,
    refresh_calendar,
    remove_calendar,
)
from services.booking.errors import TooManyCalendars
from services.booking.queries.busy_calendars import calendars_of
from services.booking.routes.dependencies import (
    Cipher,
    FreeTime,
    ReadCalendars,
    RefreshRate,
    Settings,
)
from services.booking.schemas.busy_calendars import (
    Calendar,
    NewCalendar,
    calendar_schema,
)
from shared.auth import consultant
from shared.dependencies import AuthenticatedRequest, Db, Reader
from shared.idempotency import idempotent
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page
from shared.problems import AccountClosed, NotFound, RateLimited

TAGS = ["availability"]


@post(
    "/consultants/me/calendars",
    guards=[consultant],
    responses=errors(AccountClosed, TooManyCalendars),
    tags=TAGS,
    summary="Add a busy calendar",
)
@idempotent
async def add(
    request: AuthenticatedRequest,
    db: Db,
    settings: Settings,
    cipher: Cipher,
    read_calendars: ReadCalendars,
    data: JSONBody[NewCalendar],
) -> Calendar:
    """An iCalendar feed, such as the secret address of a Google or Outlook calendar. It is read at
    once and every 15 minutes; its busy events hide the slots that they overlap. The address is
    never shown again. There can be at most 10 calendars.
    """
    calendar = await add_calendar(
        db,
        by=request.user,
        address=data.url,
        name=data.name,
        cipher=cipher,
        allow_private=bool(settings.calendar_allow_private),
    )
    db.after_commit(read_calendars.wake)
    return calendar_schema(calendar)


@get("/consultants/me/calendars", guards=[consultant], tags=TAGS, summary="List my busy calendars")
async def read(
    request: AuthenticatedRequest, reader: Reader, limit: Limit = 20, cursor: Cursor = None
) -> Page[Calendar]:
    """Oldest first, with the time when each was last read, and the error of the last attempt if
    that failed. A failing calendar keeps its last good state.
    """
    found = await calendars_of(reader, request.user.id, limit, cursor)
    return found.map(calendar_schema)


@delete(
    "/consultants/me/calendars/{calendar_id:uuid}",
    guards=[consultant],
    responses=errors(AccountClosed, NotFound),
    tags=TAGS,
    summary="Remove a busy calendar",
)
async def remove(
    request: AuthenticatedRequest, db: Db, free_time: FreeTime, calendar_id: FromPath[UUID]
) -> None:
    """Slots that it hid are offered again."""
    await remove_calendar(db, by=request.user, calendar_id=calendar_id)
    db.after_commit(free_time.wake)


@post(
    "/consultants/me/calendars/{calendar_id:uuid}/refresh",
    status_code=202,
    guards=[consultant],
    responses=errors(NotFound, RateLimited),
    tags=TAGS,
    summary="Read a busy calendar now",
)
async def refresh(
    request: AuthenticatedRequest,
    db: Db,
    refresh_rate: RefreshRate,
    read_calendars: ReadCalendars,
    calendar_id: FromPath[UUID],
) -> None:
    """`last_read_at` shows when it has been read. Possible a few times a minute."""
    refresh_rate.count(calendar_id, request.user.id)
    await refresh_calendar(db, by=request.user, calendar_id=calendar_id)
    db.after_commit(read_calendars.wake)


HANDLERS = (add, read, remove, refresh)
