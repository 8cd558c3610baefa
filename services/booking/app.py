"""The composition root of booking: the only module that imports all others."""

from litestar import Litestar

from services.booking.busy_calendars.encryption import AddressCipher
from services.booking.busy_calendars.reader import CalendarReader
from services.booking.commands.presence import RecentPresences
from services.booking.commands.rates import RateWindow
from services.booking.jobs.busy_calendars import busy_calendars_job
from services.booking.jobs.free_time import free_time_job
from services.booking.jobs.gauges import booking_gauges
from services.booking.jobs.rules import rules_job
from services.booking.jobs.sweeps import deadline_sweeps, sweep_jobs
from services.booking.jobs.waitlist import waitlist_job
from services.booking.reactions import REACTIONS
from services.booking.routes import ROUTES
from services.booking.settings import BookingSettings
from services.booking.store.retention import RETENTIONS
from services.booking.store.time_zones import TZDATA
from shared.auth import Verifier
from shared.service import Service, build_application
from shared.settings import load_or_exit

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
        gauge_collectors=[booking_gauges(deadline_sweeps(settings).values())],
    )
    service.versions["tzdata"] = TZDATA
    # Free slots are planned in 1 ms and read in 0.2 (tests/test_plans.py checks both plans).
    service.database.plan_once()
    cipher = AddressCipher(*settings.calendar_secrets)
    reader = CalendarReader(allow_private=bool(settings.calendar_allow_private))
    free_time = free_time_job(service.database)
    read_calendars = busy_calendars_job(service.database, reader, cipher, free_time)
    service.schedule(
        free_time,
        read_calendars,
        rules_job(service.database, settings.shortest_slot),
        waitlist_job(settings, service.database),
        *sweep_jobs(settings, service.database, free_time),
    )
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
