"""Scheduled jobs: renew keys, send password resets, delete expired data."""

from collections.abc import Callable

from services.identity.commands.recovery import send_resets
from services.identity.commands.signing_keys import Keyring
from services.identity.commands.throttle import purge_attempts
from services.identity.settings import IdentitySettings
from services.identity.store.retention import purge_expired
from services.identity.store.signing_keys import purge_retired
from shared.clock import now
from shared.db import Database
from shared.jobs import Job

BATCH = 1000


async def purge_sessions(database: Database) -> bool:
    """Job: deletes expired sessions and tokens. Returns whether there may be more."""
    async with database.transaction() as db:
        return await purge_expired(db, now(), BATCH)


async def purge_keys(database: Database) -> bool:
    """Job: deletes signing keys whose last token has expired. Returns False: never more to do at
    once.
    """
    async with database.transaction() as db:
        await purge_retired(db)
    return False


def resets_job(settings: IdentitySettings, database: Callable[[], Database]) -> Job:
    """Sends password resets; woken by each request."""
    every = settings.sweep_every_seconds
    return Job("send-resets", lambda: send_resets(database()), every=every)


def jobs_of(
    settings: IdentitySettings, keyring: Keyring, database: Callable[[], Database]
) -> list[Job]:
    """The jobs that run only on schedule."""
    every = settings.sweep_every_seconds
    return [
        Job("keep-keys-fresh", keyring.keep_fresh, every=every),
        Job("purge-keys", lambda: purge_keys(database()), every=3600),
        Job("purge-attempts", lambda: purge_attempts(database()), every=max(60, every)),
        Job("purge-sessions", lambda: purge_sessions(database()), every=3600),
    ]
