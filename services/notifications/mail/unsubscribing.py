"""Tokens of the links by which a reader switches mail off without signing in.

A token names its user and category and is signed with that user's own key, so that nobody can make
one for another, and all of a user's tokens can be voided by a new key. It does not expire: a reader
may want to be rid of mail for as long as they have it. Pure.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

import msgspec

from services.notifications.domain.kinds import Category

_CATEGORIES = tuple(Category)
_SIGNATURE = 16
_LENGTH = 16 + 1 + _SIGNATURE


class Claimed(msgspec.Struct, frozen=True):
    """What a token says; `is_signed_with` tells whether it is true."""

    user_id: UUID
    category: Category
    content: bytes
    signature: bytes

    def is_signed_with(self, key: bytes) -> bool:
        """Whether this user's key made it."""
        return hmac.compare_digest(self.signature, _signature(self.content, key))


def _signature(content: bytes, key: bytes) -> bytes:
    signed = b"unsubscribe:" + content
    return hmac.new(key, signed, hashlib.sha256).digest()[:_SIGNATURE]


def token_for(user_id: UUID, category: Category, key: bytes) -> str:
    """The token by which this user switches this category off."""
    content = user_id.bytes + bytes([_CATEGORIES.index(category)])
    return base64.urlsafe_b64encode(content + _signature(content, key)).decode().rstrip("=")


def read_token(token: str) -> Claimed | None:
    """What `token` claims; None for what is none."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(raw) != _LENGTH or raw[16] >= len(_CATEGORIES):
        return None
    content, signature = raw[:17], raw[17:]
    return Claimed(UUID(bytes=raw[:16]), _CATEGORIES[raw[16]], content, signature)
