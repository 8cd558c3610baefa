"""The HTTP API of booking. Handlers call a command or query and convert the result."""

from litestar import Router

from services.booking.routes import (
    availability,
    bookings,
    busy_calendars,
    calendars,
    calls,
    lists,
    messages,
    ratings,
    rescheduling,
    rules,
    sessions,
    waitlist,
)
from services.booking.routes.dependencies import DEPENDENCIES

HANDLERS = (
    *availability.HANDLERS,
    *bookings.HANDLERS,
    *busy_calendars.HANDLERS,
    *calendars.HANDLERS,
    *calls.HANDLERS,
    *lists.HANDLERS,
    *messages.HANDLERS,
    *ratings.HANDLERS,
    *rescheduling.HANDLERS,
    *rules.HANDLERS,
    *sessions.HANDLERS,
    *waitlist.HANDLERS,
)
ROUTES = (Router("/", route_handlers=HANDLERS, dependencies=DEPENDENCIES),)
