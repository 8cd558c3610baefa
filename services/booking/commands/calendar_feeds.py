"""The secret address from which calendar programs read a user's bookings."""

from __future__ import annotations

import hashlib
import secrets

from services.booking.store.calendar_feeds import delete_feed, put_feed
from shared.auth import User
from shared.clock import now
from shared.db import Transaction


def feed_token_hash(token: str) -> bytes:
    """The stored hash of a feed's token, which has 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


async def create_feed(db: Transaction, *, by: User) -> str:
    """A new token for the user's feed; the previous one becomes void."""
    token = secrets.token_urlsafe(32)
    await put_feed(db, by.id, feed_token_hash(token), now())
    return token


async def remove_feed(db: Transaction, *, by: User) -> None:
    """Voids the address of the user's feed."""
    await delete_feed(db, by.id)
