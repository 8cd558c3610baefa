"""What a user was told: the list behind the bell."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, get

from services.notifications import queries
from services.notifications.schemas import Notification, Summary
from shared.auth import signed_in
from shared.paging import Cursor, Limit, Page
from shared.service import QueryParameter, Reader

Unread = Annotated[bool, QueryParameter(description="Only those that were not read yet.")]


@get(
    "/notifications",
    guards=[signed_in],
    tags=["notifications"],
    summary="What I was told, newest first",
)
async def listing(
    request: Request[Any, Any, Any],
    reader: Reader,
    unread: Unread = False,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Notification]:
    """Everything that concerned me, with a link to the page of the web app where it can be seen."""
    return await queries.notifications_of(
        reader, request.user.id, unread=unread, limit=limit, cursor=cursor
    )


@get(
    "/notifications/summary",
    guards=[signed_in],
    tags=["notifications"],
    summary="How many notifications I have not read",
)
async def summary(request: Request[Any, Any, Any], reader: Reader) -> Summary:
    """The number on the bell."""
    return Summary(unread=await queries.unread_count(reader, request.user.id))


ROUTES = (listing, summary)
