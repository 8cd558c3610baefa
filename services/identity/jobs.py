"""Scheduled jobs: renew keys, send password resets."""

from services.identity.commands.recovery import send_resets
from services.identity.commands.signing_keys import Keyring
from services.identity.settings import IdentitySettings
from shared.db import Database
from shared.jobs import Job


def resets_job(settings: IdentitySettings, database: Database) -> Job:
    """Sends password resets; woken by each request."""
    every = settings.sweep_every_seconds
    return Job("send-resets", lambda: send_resets(database), every=every)


def keys_job(settings: IdentitySettings, keyring: Keyring) -> Job:
    """Renews the keys that sign access tokens."""
    return Job("keep-keys-fresh", keyring.keep_fresh, every=settings.sweep_every_seconds)
