"""Random tokens known only to their holder: a service stores their hash."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, as URL-safe text."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """The stored hash of a token: it has 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).digest()
