"""The composition root of notifications: the only file that knows every other."""

from __future__ import annotations

from litestar import Litestar

from services.notifications.reactions import REACTIONS
from services.notifications.routes import ROUTES
from services.notifications.settings import NotificationsSettings
from shared.auth import Verifier
from shared.service import build_service
from shared.settings import load_or_exit

SETTINGS = NotificationsSettings


def build(settings: NotificationsSettings, *, verifier: Verifier | None = None) -> Litestar:
    """Notifications with these settings."""
    return build_service("notifications", settings, ROUTES, REACTIONS, verifier=verifier)


def app() -> Litestar:
    """Notifications as the environment says."""
    return build(load_or_exit(NotificationsSettings))
