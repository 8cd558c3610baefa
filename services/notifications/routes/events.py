"""The event stream of a signed-in user."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream as StreamResponse
from litestar.response.sse import ServerSentEventMessage

from services.notifications.streams import queries
from services.notifications.streams.hub import Hub
from services.notifications.streams.stream import Stream
from shared.auth import User, signed_in
from shared.clock import now
from shared.dependencies import AuthenticatedRequest, Reader
from shared.draining import draining
from shared.problems import Unauthenticated, Unavailable

# Prevents caching, and buffering by proxies in front of us (nginx's header).
HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}
MAX_ID_LENGTH = 19  # digits of a bigint
LastEventId = Annotated[
    str | None,
    QueryParameter(
        max_length=100,
        description="The id of the last event received, for clients that cannot set the header"
        " `Last-Event-ID`.",
    ),
]


@get(
    "/events",
    guards=[signed_in],
    media_type="text/event-stream",
    response_description="A stream of events.",
    tags=["notifications"],
    summary="Stream events about my bookings, payments and messages",
)
async def events(
    request: AuthenticatedRequest,
    hub: NamedDependency[Hub],
    reader: Reader,
    last_event_id: LastEventId = None,
) -> StreamResponse:
    """Server-sent events. Each has an increasing `id`, its `event` and JSON `data`. With
    `Last-Event-ID` the stream resumes with all events of the last 24 hours. If the id is older than
    that or does not belong to this stream, a single `reset` tells the client to reload its data. A
    client that has no id yet sends `0`, so that it misses nothing while it reconnects.
    The stream ends with the access token or its session. At most ten streams may be open at once;
    beyond that the oldest is closed.
    """
    if draining.begun:
        raise Unavailable
    user = request.user
    stream = await _opened(reader, user, request.headers.get("last-event-id") or last_event_id)
    hub.open(stream)
    return StreamResponse(stream.chunks(hub.close), media_type="text/event-stream", headers=HEADERS)


async def _opened(reader: Reader, user: User, resume_from: str | None) -> Stream:
    stream = Stream(
        user.id,
        last_id=0,
        expires_at=user.expires_at,
        session_id=user.session_id,
        issued_at=user.issued_at,
    )
    ends = await queries.ended_sessions_of(reader, user.id)
    # Ends of sessions apply to streams that were open before, not to one that opens now.
    if any(end.covers(user.session_id, user.issued_at, stream.opened_at) for end in ends):
        raise Unauthenticated
    last, oldest = await queries.position_of(reader, user.id)
    resumed = _position(resume_from)
    stream.last_id = last
    if resume_from and (resumed is None or not oldest - 1 <= resumed <= last):
        stream.put(_reset(last))
    elif resumed is not None:
        stream.last_id = resumed
    return stream


def _reset(last_id: int) -> bytes:
    data = msgspec.json.encode({"id": last_id, "type": "reset", "at": now(), "booking_id": None})
    return ServerSentEventMessage(data, event="reset", id=last_id).encode()


def _position(text: str | None) -> int | None:
    """The number in a Last-Event-ID; None if it is not a valid id."""
    if not text or len(text) > MAX_ID_LENGTH or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


HANDLERS = (events,)
