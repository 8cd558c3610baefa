"""What handlers declare as parameters, beside `db` and `reader`."""

from typing import Any, NamedTuple
from uuid import UUID

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from services.booking.busy_calendars.encryption import AddressCipher
from services.booking.domain import model
from services.booking.domain.ratings import Rating
from services.booking.routes.rates import RateWindow
from services.booking.schemas.bookings import Booking, booking_schema
from services.booking.settings import BookingSettings
from shared.auth import User
from shared.broker import Messaging
from shared.db import Database
from shared.jobs import Job
from shared.live import LiveSender


class BookingView(NamedTuple):
    """Renders bookings for the caller."""

    caller: UUID
    session_page: str

    def __call__(self, booking: model.Booking, rating: Rating | None = None) -> Booking:
        """The booking as the caller, one of its parties, sees it."""
        reader = booking.role_of(self.caller)
        assert reader is not None  # commands and queries find a party's own bookings only
        return booking_schema(booking, reader, self.session_page, rating)


Settings = NamedDependency[BookingSettings]
View = NamedDependency[BookingView]
Broker = NamedDependency[Messaging]
Pool = NamedDependency[Database]
# The job that publishes free time: woken when a slot was taken or is free again.
FreeTime = NamedDependency[Job]
# The job that reads consultants' other calendars.
ReadCalendars = NamedDependency[Job]
Cipher = NamedDependency[AddressCipher]

# Not validated: tests put a recorder in its place.
Live = SkipValidation[LiveSender]
SignalRate = NamedDependency[RateWindow]
RefreshRate = NamedDependency[RateWindow]


def provide_live(state: State) -> LiveSender:
    """`live`: sends to open pages what is not stored."""
    sender: LiveSender = state.service.live
    return sender


def provide_signal_rate(state: State) -> RateWindow:
    """`signal_rate`: counts signals in this process."""
    rate: RateWindow = state.signal_rate
    return rate


def provide_refresh_rate(state: State) -> RateWindow:
    """`refresh_rate`: counts readings that a consultant asks for."""
    rate: RateWindow = state.refresh_rate
    return rate


def provide_settings(state: State) -> BookingSettings:
    """`settings`: what the operator has set."""
    settings: BookingSettings = state.settings
    return settings


def provide_view(request: Request[User, Any, Any], settings: Settings) -> BookingView:
    """`view`: makes of a booking what the caller sees."""
    return BookingView(request.user.id, settings.session_page)


def provide_pool(state: State) -> Database:
    """`pool`: for the one command that opens its transaction itself."""
    database: Database = state.service.database
    return database


def provide_broker(state: State) -> Messaging:
    """`broker`: the service's link to the broker."""
    messaging: Messaging = state.service.messaging
    return messaging


def provide_free_time(state: State) -> Job:
    """`free_time`: the job that publishes free time."""
    job: Job = state.free_time
    return job


def provide_read_calendars(state: State) -> Job:
    """`read_calendars`: the job that reads calendars."""
    job: Job = state.read_calendars
    return job


def provide_cipher(state: State) -> AddressCipher:
    """`cipher`: encrypts the addresses of calendars."""
    cipher: AddressCipher = state.cipher
    return cipher


DEPENDENCIES = {
    "settings": Provide(provide_settings, sync_to_thread=False),
    "view": Provide(provide_view, sync_to_thread=False),
    "pool": Provide(provide_pool, sync_to_thread=False),
    "live": Provide(provide_live, sync_to_thread=False),
    "signal_rate": Provide(provide_signal_rate, sync_to_thread=False),
    "refresh_rate": Provide(provide_refresh_rate, sync_to_thread=False),
    "read_calendars": Provide(provide_read_calendars, sync_to_thread=False),
    "cipher": Provide(provide_cipher, sync_to_thread=False),
    "broker": Provide(provide_broker, sync_to_thread=False),
    "free_time": Provide(provide_free_time, sync_to_thread=False),
}
