"""The secret address from which calendar programs read a user's bookings."""

from __future__ import annotations

from services.booking.store.calendar_feeds import delete_feed, put_feed
from shared.auth import User
from shared.clock import now
from shared.db import Transaction
from shared.secret_tokens import new_token, token_hash


async def create_feed(db: Transaction, *, by: User) -> str:
    """A new token for the user's feed; the previous one becomes void."""
    token = new_token()
    await put_feed(db, by.id, token_hash(token), now())
    return token


async def remove_feed(db: Transaction, *, by: User) -> None:
    """Voids the address of the user's feed."""
    await delete_feed(db, by.id)
