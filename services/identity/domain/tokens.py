"""Random tokens known only to their holder: we store a hash."""

import hashlib
import secrets
from datetime import timedelta

ACCESS_SECONDS = 900
# Counted from the last refresh: a user who comes once a month stays signed in.
REFRESH_LIFE = timedelta(days=30)
VERIFICATION_LIFE = timedelta(hours=24)
RESET_LIFE = timedelta(hours=1)


def new_token() -> str:
    """256 random bits, as URL-safe text."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> bytes:
    """The stored hash of a token: it has 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).digest()
