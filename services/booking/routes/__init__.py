"""The HTTP edge: who may call what, and how it is said in OpenAPI. Handlers call a command or query
and convert.
"""

from services.booking.routes import availability, bookings, sessions

ROUTES = (*availability.ROUTES, *bookings.ROUTES, *sessions.ROUTES)
