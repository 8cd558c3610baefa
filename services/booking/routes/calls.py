"""/bookings/{id}/presence, call, signals: the session"""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody

from services.booking.commands.calls import join_call, send_signal
from services.booking.commands.presence import record_presence
from services.booking.errors import InvalidTransition
from services.booking.queries.bookings import booking_for, presence_for
from services.booking.routes.dependencies import Recent, Settings, SignalRate
from services.booking.schemas.calls import (
    Call,
    NewSignal,
    ReportPresence,
    SessionPresence,
    call_schema,
    session_presence_schema,
)
from shared.auth import signed_in
from shared.clock import now
from shared.dependencies import AuthenticatedRequest, Live, Pool, Reader
from shared.openapi import errors
from shared.problems import FieldError, NotFound, RateLimited, Unavailable, ValidationFailed

MAX_SIGNAL_SIZE = 64 * 1024


@post(
    "/bookings/{booking_id:uuid}/presence",
    guards=[signed_in],
    status_code=200,
    responses=errors(NotFound, InvalidTransition, Unavailable),
    tags=["session"],
    summary="Report my presence",
)
async def report_presence(
    request: AuthenticatedRequest,
    pool: Pool,
    recent_presences: Recent,
    settings: Settings,
    booking_id: FromPath[UUID],
    data: JSONBody[ReportPresence],
) -> SessionPresence:
    """Sent every ten seconds by the session's page, while the booking is confirmed or in progress.
    A party is present until it reports `gone`, or until 25 seconds after its last `here`.
    """
    presence, window = await record_presence(
        pool.autocommit,
        recent_presences,
        booking_id=booking_id,
        by=request.user,
        heartbeat=data.state,
        times=settings.session_times,
    )
    return session_presence_schema(presence, now(), window)


@get(
    "/bookings/{booking_id:uuid}/presence",
    guards=[signed_in],
    responses=errors(NotFound),
    tags=["session"],
    summary="Show who is in the session",
)
async def presence(
    request: AuthenticatedRequest,
    reader: Reader,
    settings: Settings,
    booking_id: FromPath[UUID],
) -> SessionPresence:
    """How long each party was present, and both at the same time while the session was in progress;
    `since` is since when both have been present without interruption, null if they are not.
    """
    booking, found = await presence_for(reader, booking_id, request.user)
    at = booking.session_end_time or now()
    return session_presence_schema(found, at, settings.session_times.window(booking))


@get(
    "/bookings/{booking_id:uuid}/call",
    guards=[signed_in],
    responses=errors(NotFound, InvalidTransition),
    tags=["session"],
    summary="Get what a browser needs for the call",
)
async def call(
    request: AuthenticatedRequest,
    reader: Reader,
    settings: Settings,
    booking_id: FromPath[UUID],
) -> Call:
    """The room, and ICE servers with expiring credentials; available from 15 minutes before the
    start until the end. With the `ice_transport_policy` `relay` neither party learns the other's
    address.
    """
    booking, _ = await booking_for(reader, booking_id, request.user)
    joined = join_call(booking, by=request.user, times=settings.session_times, servers=settings.ice)
    return call_schema(joined, relay_only=bool(settings.call_relay_only))


@post(
    "/bookings/{booking_id:uuid}/signals",
    guards=[signed_in],
    status_code=204,
    responses=errors(NotFound, InvalidTransition, RateLimited, Unavailable),
    tags=["session"],
    summary="Send a signal to the other party",
)
async def signal(
    request: AuthenticatedRequest,
    reader: Reader,
    live: Live,
    signal_rate: SignalRate,
    booking_id: FromPath[UUID],
    data: JSONBody[NewSignal],
) -> None:
    """It is delivered as `session.signal` in the other party's `/events`. It is not stored, and is
    lost if the other party is not connected. `data` may be at most 64 KiB.
    """
    size = len(msgspec.json.encode(data.data))
    if size > MAX_SIGNAL_SIZE:
        message = f"must be at most 64 KiB of JSON, not {size:,} bytes"
        raise ValidationFailed([FieldError("data", message)])
    booking, _ = await booking_for(reader, booking_id, request.user)
    await send_signal(live, signal_rate, booking, by=request.user, data=data.data)


HANDLERS = (report_presence, presence, call, signal)
