"""/bookings/{id}/start, end"""

from uuid import UUID

from litestar.params import FromPath

from services.booking.commands.sessions import end_session, start_session
from services.booking.routes.actions import booking_action
from services.booking.routes.dependencies import Settings, View
from services.booking.schemas.bookings import Booking
from shared.auth import signed_in
from shared.dependencies import AuthenticatedRequest, Db


@booking_action(
    "/bookings/{booking_id:uuid}/start", signed_in, summary="Start the session", tag="session"
)
async def start(
    request: AuthenticatedRequest,
    db: Db,
    settings: Settings,
    view: View,
    booking_id: FromPath[UUID],
) -> Booking:
    """Possible from shortly before the scheduled start (15 minutes by default) until the scheduled
    end. The free period begins now.
    """
    times = settings.session_times
    booking = await start_session(db, booking_id=booking_id, by=request.user, times=times)
    return view(booking)


@booking_action(
    "/bookings/{booking_id:uuid}/end", signed_in, summary="End the session", tag="session"
)
async def end(
    request: AuthenticatedRequest,
    db: Db,
    settings: Settings,
    view: View,
    booking_id: FromPath[UUID],
) -> Booking:
    """The price is charged if the session was longer than the free period, measured by the time
    that both were present; otherwise nothing is. If one of the two did not come in time, the
    booking becomes `no_show`.
    """
    times = settings.session_times
    booking = await end_session(db, booking_id=booking_id, by=request.user, times=times)
    return view(booking)


HANDLERS = (start, end)
