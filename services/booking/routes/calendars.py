"""/bookings/{id}/calendar.ics, /calendar/feed, /calendar/{token}.ics"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath

from services.booking.busy_calendars.errors import UnreadableCalendar
from services.booking.commands.calendar_feeds import (
    create_feed,
    remove_feed,
)
from services.booking.domain import model
from services.booking.domain.calendar import FEED_NAMES, calendar_status, name_of_other
from services.booking.queries.bookings import booking_for
from services.booking.queries.calendars import feed_of, language_of
from services.booking.routes.dependencies import Cipher, Settings
from services.booking.schemas.calendar_feeds import CalendarFeed
from shared.auth import User, signed_in
from shared.db import Transaction
from shared.dependencies import AuthenticatedRequest, Db, Reader
from shared.icalendars import MEDIA_TYPE, Entry, calendar_of, session_title
from shared.idempotency import key_of, run_once
from shared.languages import DEFAULT, Language, preferred_language
from shared.openapi import errors
from shared.problems import IdempotencyKeyReused, NotFound
from shared.secret_tokens import token_hash

SUFFIX = ".ics"


@get(
    "/bookings/{booking_id:uuid}/calendar.ics",
    guards=[signed_in],
    responses=errors(NotFound),
    tags=["calendar"],
    summary="Download a booking as a calendar file",
    media_type=MEDIA_TYPE,
)
async def download(
    request: AuthenticatedRequest, reader: Reader, settings: Settings, booking_id: FromPath[UUID]
) -> Response[bytes]:
    """RFC 5545, with times in UTC. The UID never changes, SEQUENCE increases with each change, and
    STATUS is CANCELLED once the booking is off. The title is in the language that the account has
    chosen, or else in one of `Accept-Language`.
    """
    booking, _ = await booking_for(reader, booking_id, request.user)
    chosen = await language_of(reader, request.user.id)
    language = chosen or preferred_language(request.headers.get("accept-language")) or DEFAULT
    entry = _entry(booking, request.user.id, language, settings.public_url)
    headers = {"Content-Disposition": f'attachment; filename="session-{booking.id}.ics"'}
    return Response(calendar_of([entry]), media_type=MEDIA_TYPE, headers=headers)


@post(
    "/calendar/feed",
    guards=[signed_in],
    responses=errors(IdempotencyKeyReused),
    tags=["calendar"],
    summary="Create the address of my calendar feed",
)
async def create(
    request: AuthenticatedRequest, db: Db, settings: Settings, cipher: Cipher
) -> Response[CalendarFeed]:
    """A secret address for calendar programs: anyone who has it can see all my bookings. It is
    shown only once; a new one voids the old one.
    """
    work = partial(_create_feed, db, request.user, settings.public_url)
    if key_of(request) is None:
        return Response(await work())
    try:
        return await run_once(db, request, work, cipher=cipher)
    except UnreadableCalendar:  # the secret has been replaced since
        lost = "The first response can no longer be read. Use a new Idempotency-Key."
        raise IdempotencyKeyReused(lost) from None


async def _create_feed(db: Transaction, user: User, public_url: str) -> CalendarFeed:
    token = await create_feed(db, by=user)
    return CalendarFeed(f"{public_url.rstrip('/')}/calendar/{token}{SUFFIX}")


@delete(
    "/calendar/feed",
    status_code=204,
    guards=[signed_in],
    tags=["calendar"],
    summary="Remove my calendar feed",
)
async def remove(request: AuthenticatedRequest, db: Db) -> None:
    """Its address becomes invalid at once."""
    await remove_feed(db, by=request.user)


@get(
    "/calendar/{file_name:str}",
    responses=errors(NotFound),
    tags=["calendar"],
    summary="Read a calendar feed",
    media_type=MEDIA_TYPE,
)
async def feed(
    request: Request[Any, Any, Any],
    reader: Reader,
    settings: Settings,
    file_name: FromPath[str],
) -> Response[bytes]:
    """All bookings of the user who created the address, `{token}.ics`, in the language that they
    have chosen. With `If-None-Match`: 304 if nothing has changed.
    """
    token = file_name.removesuffix(SUFFIX)
    if token == file_name:
        raise NotFound
    found = await feed_of(reader, token_hash(token))
    # Not in that of `Accept-Language`: it is the calendar program's, and different ones may read
    # the same feed.
    language = found.language or DEFAULT
    entries = [
        _entry(booking, found.user_id, language, settings.public_url) for booking in found.bookings
    ]
    content = calendar_of(entries, name=FEED_NAMES[language])
    tag = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = request.headers.get("if-none-match", "")
    if known == "*" or tag in [one.strip().removeprefix("W/") for one in known.split(",")]:
        return Response(b"", status_code=304, media_type=MEDIA_TYPE, headers=headers)
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _entry(booking: model.Booking, reader: UUID, language: Language, public_url: str) -> Entry:
    """A booking as an entry in the calendar of one of its parties, in their language."""
    role = booking.role_of(reader)
    assert role is not None, "readers of a calendar are parties of its bookings"
    return Entry(
        booking_id=booking.id,
        start=booking.scheduled_start,
        end=booking.scheduled_end,
        sequence=booking.calendar_sequence,
        status=calendar_status(booking),
        summary=session_title(name_of_other(booking, role), language),
        url=f"{public_url.rstrip('/')}/booking/{booking.id}",
        description=booking.message,
        created_at=booking.created_at,
        changed_at=booking.updated_at,
    )


HANDLERS = (download, create, remove, feed)
