"""Dependencies that handlers declare as parameters, in addition to those of shared.dependencies."""

from typing import Any, NamedTuple
from uuid import UUID

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from services.booking.busy_calendars.encryption import AddressCipher
from services.booking.commands.presence import RecentPresences
from services.booking.domain import model
from services.booking.domain.ratings import Rating
from services.booking.routes.rates import RateWindow
from services.booking.schemas.bookings import Booking, booking_schema
from services.booking.settings import BookingSettings
from shared.auth import User
from shared.broker import Messaging
from shared.dependencies import from_state
from shared.jobs import Job
from shared.live import LiveSender


class BookingView(NamedTuple):
    """Renders bookings for the caller."""

    caller: UUID
    session_page: str

    def __call__(self, booking: model.Booking, rating: Rating | None = None) -> Booking:
        """The booking as seen by the caller, who is one of its parties."""
        reader = booking.role_of(self.caller)
        assert reader is not None  # commands and queries return only bookings of the caller
        return booking_schema(booking, reader, self.session_page, rating)


Settings = NamedDependency[BookingSettings]
View = NamedDependency[BookingView]
Broker = NamedDependency[Messaging]
# The job that publishes free time; woken when a slot was booked or is free again.
FreeTime = NamedDependency[Job]
# The job that reads consultants' other calendars.
ReadCalendars = NamedDependency[Job]
Cipher = NamedDependency[AddressCipher]

# Not validated, because tests replace it.
Live = SkipValidation[LiveSender]
Recent = NamedDependency[RecentPresences]
SignalRate = NamedDependency[RateWindow]
RefreshRate = NamedDependency[RateWindow]


def provide_view(request: Request[User, Any, Any], settings: Settings) -> BookingView:
    """`view`: renders bookings for the caller."""
    return BookingView(request.user.id, settings.session_page)


DEPENDENCIES = {
    "view": Provide(provide_view, sync_to_thread=False),
    # sends messages that are not stored
    "live": from_state("service.live"),
    "broker": from_state("service.messaging"),
    # what this process has last written of presence
    "recent_presences": from_state("recent_presences"),
    # counts signals in this process
    "signal_rate": from_state("signal_rate"),
    # counts readings that a consultant asks for
    "refresh_rate": from_state("refresh_rate"),
    "free_time": from_state("free_time"),
    "read_calendars": from_state("read_calendars"),
    # encrypts the addresses of calendars
    "cipher": from_state("cipher"),
}
