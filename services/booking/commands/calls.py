"""Joining a session's call, and the signals by which the parties' browsers negotiate it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from services.booking.commands.rates import RateWindow
from services.booking.domain.call import CREDENTIALS_LAST, IceServer, IceSettings
from services.booking.domain.model import ATTENDABLE, Booking, Status
from services.booking.domain.outcome import SessionTimes
from services.booking.errors import InvalidTransition
from shared.auth import User
from shared.clock import now
from shared.live import LiveSender
from shared.problems import Unavailable


class JoinedCall(NamedTuple):
    """The room of a call, and the servers with one party's credentials until `expires_at`."""

    room: str
    ice_servers: list[IceServer]
    expires_at: datetime


def join_call(
    booking: Booking, *, by: User, times: SessionTimes, servers: IceSettings
) -> JoinedCall:
    """What a party needs to join the call: from a little before the scheduled start until the end.
    Raises InvalidTransition.
    """
    at, opens = now(), times.opens(booking)
    is_running = booking.status is Status.IN_PROGRESS
    is_open = booking.status is Status.CONFIRMED and opens <= at < booking.scheduled_end
    if not (is_running or is_open):
        raise InvalidTransition(
            f"The booking is {booking.status}; its call is open from {opens:%Y-%m-%d %H:%M:%S} UTC"
            " until the end of the session."
        )
    return JoinedCall(booking.room or "", servers.servers_for(by.id, at), at + CREDENTIALS_LAST)


async def send_signal(
    live: LiveSender, rate: RateWindow, booking: Booking, *, by: User, data: Mapping[str, Any]
) -> None:
    """Sends `data` to the other party's open streams. Raises InvalidTransition, RateLimited,
    Unavailable.
    """
    if booking.status not in ATTENDABLE:
        raise InvalidTransition(
            f"The booking is {booking.status}; signals can be sent while it is confirmed or in"
            " progress."
        )
    rate.count(booking.id, by.id)
    sender = booking.role_of(by.id)
    assert sender is not None  # only a party has found the booking
    _, recipient_id = booking.other_party(sender)
    content = {"booking_id": booking.id, "from": sender, "data": data}
    if not await live.send(recipient_id, event="session.signal", data=content):
        raise Unavailable("The signal could not be delivered. Try again shortly.")
