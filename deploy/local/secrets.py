"""Passwords and keys of a stack, generated once and stored in `secrets.json` (0600)."""

import base64
import pathlib
import secrets
from collections.abc import Callable

from deploy.local import files
from shared.services import SERVICES

MAKERS: dict[str, Callable[[], str]] = {
    "postgres": lambda: secrets.token_urlsafe(24),
    "rabbitmq": lambda: secrets.token_urlsafe(24),
    **dict.fromkeys(SERVICES, lambda: secrets.token_urlsafe(24)),  # of their database roles
    "turn": lambda: secrets.token_urlsafe(24),
    "calendar": lambda: secrets.token_urlsafe(32),
    "signing_key": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "stripe_secret_key": lambda: f"sk_test_{secrets.token_hex(24)}",
    "stripe_publishable_key": lambda: f"pk_test_{secrets.token_hex(24)}",
    "stripe_webhook_secret": lambda: f"whsec_{secrets.token_hex(24)}",
    "stripe_connect_webhook_secret": lambda: f"whsec_{secrets.token_hex(24)}",
    "demo_password": lambda: f"demo-{secrets.token_hex(4)}-{secrets.token_hex(4)}",
}


def of(data: pathlib.Path) -> dict[str, str]:
    """All of the stack's secrets; missing ones are generated."""
    path = data / "secrets.json"
    kept = files.read(path) or {}
    complete = {name: kept.get(name) or make() for name, make in MAKERS.items()}
    if complete != kept:
        files.write(path, complete)
    return complete
