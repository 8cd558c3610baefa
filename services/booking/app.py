"""The composition root of booking: the only module that imports all others."""

from litestar import Litestar

from services.booking.busy_calendars.encryption import AddressCipher
from services.booking.commands.presence import RecentPresences
from services.booking.commands.rates import RateWindow
from services.booking.jobs import gauge_collectors, scheduled_jobs
from services.booking.reactions import REACTIONS
from services.booking.routes import ROUTES
from services.booking.settings import BookingSettings
from services.booking.store.retention import RETENTIONS
from services.booking.store.time_zones import TZDATA
from shared.auth import Verifier
from shared.service import Service, build_application
from shared.settings import load_or_exit
from shared.signals import WakeSignal

SETTINGS = BookingSettings
# Negotiating a call takes about fifty signals, and an ICE restart as many again.
SIGNALS_PER_MINUTE = 300
# Each refresh is a request to a third party's server.
REFRESHES_PER_MINUTE = 20


def build(settings: BookingSettings, *, verifier: Verifier | None = None) -> Litestar:
    """The service with these settings."""
    service = Service(
        "booking",
        settings,
        REACTIONS,
        retentions=RETENTIONS,
        gauge_collectors=gauge_collectors(settings),
    )
    service.versions["tzdata"] = TZDATA
    # Free slots are planned in 1 ms and read in 0.2 (tests/test_plans.py checks both plans).
    service.database.plan_once()
    cipher = AddressCipher(*settings.calendar_secrets)
    free_time, read_calendars = WakeSignal[[]](), WakeSignal[[]]()
    jobs = scheduled_jobs(
        settings, service.database, cipher, free_time=free_time, read_calendars=read_calendars
    )
    service.schedule(*jobs)
    return build_application(
        service,
        ROUTES,
        provide={
            "free_time": free_time,
            "read_calendars": read_calendars,
            "cipher": cipher,
            "recent_presences": RecentPresences(),
            "signal_rate": RateWindow("signals", SIGNALS_PER_MINUTE),
            "refresh_rate": RateWindow("refreshes", REFRESHES_PER_MINUTE),
        },
        verifier=verifier,
    )


def app() -> Litestar:
    """The service configured from the environment."""
    return build(load_or_exit(SETTINGS))
