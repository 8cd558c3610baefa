"""Tokens of unsubscribe links, which work without signing in.

A token names its user and category and is signed with that user's own key, so nobody can create one
for another user, and replacing the key revokes all of a user's tokens. It does not expire: a reader
may unsubscribe for as long as they have the mail. Pure.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

import msgspec

from services.notifications.domain.model import Category

_CATEGORIES = tuple(Category)
_SIGNATURE = 16
_LENGTH = 16 + 1 + _SIGNATURE


class Claimed(msgspec.Struct, frozen=True):
    """The content of a token; `is_signed_with` verifies it."""

    user_id: UUID
    category: Category
    content: bytes
    signature: bytes

    def is_signed_with(self, key: bytes) -> bool:
        """Whether the token was signed with this user's key."""
        return hmac.compare_digest(self.signature, _signature(self.content, key))


def _signature(content: bytes, key: bytes) -> bytes:
    signed = b"unsubscribe:" + content
    return hmac.new(key, signed, hashlib.sha256).digest()[:_SIGNATURE]


def token_for(user_id: UUID, category: Category, key: bytes) -> str:
    """The token with which this user switches this category off."""
    content = user_id.bytes + bytes([_CATEGORIES.index(category)])
    return base64.urlsafe_b64encode(content + _signature(content, key)).decode().rstrip("=")


def read_token(token: str) -> Claimed | None:
    """The content of `token`; None if it is not a token."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(raw) != _LENGTH or raw[16] >= len(_CATEGORIES):
        return None
    content, signature = raw[:17], raw[17:]
    return Claimed(UUID(bytes=raw[:16]), _CATEGORIES[raw[16]], content, signature)
