"""The HTTP API of identity."""

from litestar import Router

from services.identity.routes import accounts, recovery, sessions
from services.identity.routes.dependencies import DEPENDENCIES

HANDLERS = (*accounts.HANDLERS, *sessions.HANDLERS, *recovery.HANDLERS)
ROUTES = (Router("/", route_handlers=HANDLERS, dependencies=DEPENDENCIES),)
