"""/bookings/{id}/presence, call, signals: the session"""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, JSONBody

from services.booking.commands.presence import record_presence
from services.booking.domain.call import CREDENTIALS_LAST
from services.booking.domain.model import Actor, Booking, Status
from services.booking.errors import InvalidTransition
from services.booking.queries.bookings import booking_for, presence_for
from services.booking.routes.dependencies import Recent, Settings, SignalRate
from services.booking.schemas.calls import (
    Call,
    NewPresence,
    NewSignal,
    SessionPresence,
    presence_schema,
)
from shared.auth import signed_in
from shared.clock import now
from shared.dependencies import Live, Pool, Reader
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
    request: Request[Any, Any, Any],
    pool: Pool,
    recent_presences: Recent,
    settings: Settings,
    booking_id: FromPath[UUID],
    data: JSONBody[NewPresence],
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
    return presence_schema(presence, now(), window)


@get(
    "/bookings/{booking_id:uuid}/presence",
    guards=[signed_in],
    responses=errors(NotFound),
    tags=["session"],
    summary="Show who is in the session",
)
async def presence(
    request: Request[Any, Any, Any],
    reader: Reader,
    settings: Settings,
    booking_id: FromPath[UUID],
) -> SessionPresence:
    """How long each party was present, and both at the same time while the session was in progress;
    `since` is since when both have been present without interruption, null if they are not.
    """
    booking, found = await presence_for(reader, booking_id, request.user)
    at = booking.session_end_time or now()
    return presence_schema(found, at, settings.session_times.window(booking))


@get(
    "/bookings/{booking_id:uuid}/call",
    guards=[signed_in],
    responses=errors(NotFound, InvalidTransition),
    tags=["session"],
    summary="Get what a browser needs for the call",
)
async def call(
    request: Request[Any, Any, Any],
    reader: Reader,
    settings: Settings,
    booking_id: FromPath[UUID],
) -> Call:
    """The room, and ICE servers with expiring credentials; available from 15 minutes before the
    start until the end. With the `ice_transport_policy` `relay` neither party learns the other's
    address.
    """
    booking, _ = await booking_for(reader, booking_id, request.user)
    at = now()
    is_running = booking.status is Status.IN_PROGRESS
    opens = settings.session_times.opens(booking)
    is_open = booking.status is Status.CONFIRMED and opens <= at < booking.scheduled_end
    if not (is_running or is_open):
        raise InvalidTransition(
            f"The booking is {booking.status}; its call is open from {opens:%Y-%m-%d %H:%M:%S} UTC"
            " until the end of the session."
        )
    return Call(
        room=booking.room or "",
        ice_servers=settings.ice.servers_for(request.user.id, at),
        ice_transport_policy="relay" if settings.call_relay_only else "all",
        expires_at=at + CREDENTIALS_LAST,
    )


@post(
    "/bookings/{booking_id:uuid}/signals",
    guards=[signed_in],
    status_code=204,
    responses=errors(NotFound, InvalidTransition, RateLimited, Unavailable),
    tags=["session"],
    summary="Send a signal to the other party",
)
async def signal(
    request: Request[Any, Any, Any],
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
    if booking.status not in (Status.CONFIRMED, Status.IN_PROGRESS):
        raise InvalidTransition(
            f"The booking is {booking.status}; signals can be sent while it is confirmed or in"
            " progress."
        )
    signal_rate.count(booking_id, request.user.id)
    sender, recipient = _sender_and_recipient(booking, request.user.id)
    content = {"booking_id": booking_id, "from": sender, "data": data.data}
    if not await live.send(recipient, event="session.signal", data=content):
        raise Unavailable("The signal could not be delivered. Try again shortly.")


def _sender_and_recipient(booking: Booking, sender_id: UUID) -> tuple[Actor, UUID]:
    if sender_id == booking.seeker_id:
        return Actor.SEEKER, booking.consultant_id
    return Actor.CONSULTANT, booking.seeker_id


HANDLERS = (report_presence, presence, call, signal)
