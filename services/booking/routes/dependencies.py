"""Dependencies that handlers declare as parameters, in addition to those of shared.dependencies."""

from typing import Any, NamedTuple
from uuid import UUID

from litestar import Request
from litestar.di import NamedDependency, Provide

from services.booking.busy_calendars.encryption import AddressCipher
from services.booking.commands.presence import RecentPresences
from services.booking.commands.rates import RateWindow
from services.booking.domain import model
from services.booking.domain.ratings import Rating
from services.booking.schemas.bookings import Booking, booking_schema
from services.booking.settings import BookingSettings
from shared.auth import User
from shared.signals import WakeSignal


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
# Wakes the job that publishes free time, when a slot was booked or is free again.
FreeTime = NamedDependency[WakeSignal[[]]]
# Wakes the job that reads consultants' other calendars.
ReadCalendars = NamedDependency[WakeSignal[[]]]
# Encrypts the addresses of calendars.
Cipher = NamedDependency[AddressCipher]
# What this process has last written of presence.
Recent = NamedDependency[RecentPresences]
# Counts signals in this process.
SignalRate = NamedDependency[RateWindow]
# Counts readings that a consultant asks for.
RefreshRate = NamedDependency[RateWindow]


def provide_view(request: Request[User, Any, Any], settings: Settings) -> BookingView:
    """`view`: renders bookings for the caller."""
    return BookingView(request.user.id, settings.session_page)


DEPENDENCIES = {"view": Provide(provide_view, sync_to_thread=False)}
