"""What the clock does here: keys are renewed, and what has expired is forgotten."""

from collections.abc import Callable

from sqlalchemy import delete, select

from services.identity.keys import Keyring
from services.identity.settings import IdentitySettings
from services.identity.tables import RefreshFamily, RefreshToken, SigningKey
from services.identity.throttle import forget_attempts
from services.identity.tokens import REFRESH_LIFE
from shared.clock import now
from shared.db import Database
from shared.jobs import Job

BATCH = 1000


async def forget_sessions(database: Database) -> bool:
    """Drops families and tokens that no request can use any more; whether there are more. A family
    that is refreshed lives on, but a token older than a family can rest has expired itself, used or
    not.
    """
    at = now()
    families = select(RefreshFamily.id).where(RefreshFamily.expires_at <= at).limit(BATCH)
    tokens = (
        select(RefreshToken.hash).where(RefreshToken.created_at <= at - REFRESH_LIFE).limit(BATCH)
    )
    async with database.transaction() as db:
        ended = await db.execute(
            delete(RefreshFamily).where(
                RefreshFamily.id.in_(families.with_for_update(skip_locked=True).scalar_subquery())
            )
        )
        old = await db.execute(
            delete(RefreshToken).where(
                RefreshToken.hash.in_(tokens.with_for_update(skip_locked=True).scalar_subquery())
            )
        )
    return max(ended.rowcount, old.rowcount) == BATCH


async def forget_keys(database: Database) -> bool:
    """Drops signing keys whose last token has expired; False, for there is never more."""
    async with database.transaction() as db:
        await db.execute(delete(SigningKey).where(SigningKey.retires_at <= now()))
    return False


def jobs_of(
    settings: IdentitySettings, keyring: Keyring, database: Callable[[], Database]
) -> list[Job]:
    """All jobs of the service."""
    every = settings.sweep_every_seconds
    return [
        Job("keep-keys-fresh", keyring.keep_fresh, every=every),
        Job("forget-keys", lambda: forget_keys(database()), every=3600),
        Job("forget-attempts", lambda: forget_attempts(database()), every=max(60, every)),
        Job("forget-sessions", lambda: forget_sessions(database()), every=3600),
    ]
