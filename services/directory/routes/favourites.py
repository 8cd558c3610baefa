"""/consultants/me/favourites, /consultants/{id}/favourite"""

from __future__ import annotations

from uuid import UUID

from litestar import delete, get, put
from litestar.params import FromPath

from services.directory.commands.favourites import add_favourite, remove_favourite
from services.directory.errors import NoSuchConsultant
from services.directory.queries import favourites_of
from services.directory.schemas import Card, card_schema
from shared.auth import seeker
from shared.dependencies import AuthenticatedRequest, Db, Reader
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page


@get(
    "/consultants/me/favourites",
    guards=[seeker],
    tags=["directory"],
    summary="List my favourites",
)
async def mine(
    request: AuthenticatedRequest, reader: Reader, limit: Limit = 20, cursor: Cursor = None
) -> Page[Card]:
    """Latest first. Consultants who have closed their account are left out."""
    found = await favourites_of(reader, request.user.id, limit, cursor)
    return found.map(card_schema)


@put(
    "/consultants/{consultant_id:uuid}/favourite",
    status_code=204,
    guards=[seeker],
    responses=errors(NoSuchConsultant),
    tags=["directory"],
    summary="Add a favourite",
)
async def add(request: AuthenticatedRequest, db: Db, consultant_id: FromPath[UUID]) -> None:
    """Adding a favourite again changes nothing."""
    await add_favourite(db, by=request.user, consultant_id=consultant_id)


@delete(
    "/consultants/{consultant_id:uuid}/favourite",
    status_code=204,
    guards=[seeker],
    tags=["directory"],
    summary="Remove a favourite",
)
async def remove(request: AuthenticatedRequest, db: Db, consultant_id: FromPath[UUID]) -> None:
    """Removing a consultant who is not a favourite changes nothing."""
    await remove_favourite(db, by=request.user, consultant_id=consultant_id)


HANDLERS = (mine, add, remove)
