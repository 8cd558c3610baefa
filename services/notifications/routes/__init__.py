"""The HTTP API of notifications, one module per noun."""

from __future__ import annotations

from services.notifications.routes import events, lists, preferences

ROUTES = (*events.HANDLERS, *lists.HANDLERS, *preferences.HANDLERS)
