"""What the clock does here: keys are renewed, resets sent, and what has expired is purged."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.commands.recovery import send_resets
from services.identity.commands.signing_keys import Keyring
from services.identity.commands.throttle import purge_attempts
from services.identity.domain.tokens import REFRESH_LIFE
from services.identity.settings import IdentitySettings
from services.identity.tables import (
    email_tokens,
    refresh_families,
    refresh_tokens,
    signing_keys,
)
from shared.clock import now
from shared.db import Database
from shared.jobs import Job

BATCH = 1000


async def purge_sessions(database: Database) -> bool:
    """Drops sessions and tokens that no request can use any more; whether there are more. A session
    that is refreshed lives on, but a token older than a session can rest has expired itself, used
    or not.
    """
    at = now()
    async with database.transaction() as db:
        counts = (
            await _purge(db, refresh_families, refresh_families.c.expires_at <= at),
            await _purge(db, refresh_tokens, refresh_tokens.c.created_at <= at - REFRESH_LIFE),
            await _purge(db, email_tokens, email_tokens.c.expires_at <= at),
        )
    return max(counts) == BATCH


async def _purge(db: AsyncConnection, table: Table, which: ColumnElement[bool]) -> int:
    (key,) = table.primary_key.columns
    batch = select(key).where(which).limit(BATCH).with_for_update(skip_locked=True)
    result = await db.execute(delete(table).where(key.in_(batch.scalar_subquery())))
    return result.rowcount


async def purge_keys(database: Database) -> bool:
    """Drops signing keys whose last token has expired; False, for there is never more."""
    async with database.transaction() as db:
        await db.execute(delete(signing_keys).where(signing_keys.c.retires_at <= now()))
    return False


def resets_job(settings: IdentitySettings, database: Callable[[], Database]) -> Job:
    """Sends password resets; woken by each request for one."""
    every = settings.sweep_every_seconds
    return Job("send-resets", lambda: send_resets(database()), every=every)


def jobs_of(
    settings: IdentitySettings, keyring: Keyring, database: Callable[[], Database]
) -> list[Job]:
    """The jobs that only the clock starts."""
    every = settings.sweep_every_seconds
    return [
        Job("keep-keys-fresh", keyring.keep_fresh, every=every),
        Job("purge-keys", lambda: purge_keys(database()), every=3600),
        Job("purge-attempts", lambda: purge_attempts(database()), every=max(60, every)),
        Job("purge-sessions", lambda: purge_sessions(database()), every=3600),
    ]
