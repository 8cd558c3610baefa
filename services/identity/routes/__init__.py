"""The HTTP API of identity."""

from services.identity.routes import accounts, recovery, sessions

ROUTES = (*accounts.HANDLERS, *sessions.HANDLERS, *recovery.HANDLERS)
