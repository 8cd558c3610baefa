"""The notification list."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import UNSET

from services.notifications import queries
from services.notifications.commands import lists
from services.notifications.schemas import (
    Notification,
    NotificationSummary,
    ReadNotifications,
    notification_schema,
)
from shared.auth import signed_in
from shared.dependencies import AuthenticatedRequest, Db, Reader
from shared.paging import Cursor, Limit, Page

Unread = Annotated[bool, QueryParameter(description="Only unread notifications.")]


@get(
    "/notifications",
    guards=[signed_in],
    tags=["notifications"],
    summary="List my notifications, newest first",
)
async def listing(
    request: AuthenticatedRequest,
    reader: Reader,
    unread: Unread = False,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Notification]:
    """Everything that concerns the user, each with a link to the relevant page of the web app."""
    found = await queries.notifications_of(
        reader, request.user.id, unread=unread, limit=limit, cursor=cursor
    )
    return found.map(notification_schema)


@get(
    "/notifications/summary",
    guards=[signed_in],
    tags=["notifications"],
    summary="Count my unread notifications",
)
async def summary(request: AuthenticatedRequest, reader: Reader) -> NotificationSummary:
    """The number of unread notifications."""
    return NotificationSummary(unread=await queries.unread_count(reader, request.user.id))


@post(
    "/notifications/read",
    guards=[signed_in],
    status_code=204,
    tags=["notifications"],
    summary="Mark notifications as read",
)
async def read(request: AuthenticatedRequest, db: Db, data: JSONBody[ReadNotifications]) -> None:
    """Marks the notifications in `ids` as read, or `up_to` and all before it."""
    ids = None if data.ids is UNSET else data.ids
    up_to = None if data.up_to is UNSET else data.up_to
    await lists.mark_read(db, request.user.id, ids=ids, up_to=up_to)


HANDLERS = (listing, summary, read)
