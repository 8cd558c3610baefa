"""Notifications over HTTP, one file per noun."""

from __future__ import annotations

from services.notifications.routes import lists

ROUTES = (*lists.ROUTES,)
