"""Keyset pagination: the cursor is the last row's sort key, so pages neither skip nor repeat rows
while rows are added and removed.

Cursors are authenticated: only cursors issued by a replica of the same service are accepted, so no
forged key reaches a statement.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import msgspec
from litestar.params import QueryParameter

from shared.clock import is_plausible
from shared.problems import FieldError, ValidationFailed
from shared.rules import Check, TextFormat

T = TypeVar("T")
U = TypeVar("U")

MAX_CURSOR_LENGTH = 512
NOT_A_CURSOR = "is not a cursor of this list"
_FORM = r"^[A-Za-z0-9_-]+$"
_TAG_BYTES = 16
_SCOPE_BYTES = 8


class _Signer:
    """The key that signs this process's cursors; random until `sign_cursors_with` is called."""

    key = secrets.token_bytes(32)


def sign_cursors_with(secret: str) -> None:
    """Derives the signing key from `secret`, which all replicas of a service share."""
    _Signer.key = hashlib.blake2b(secret.encode(), person=b"cursors", digest_size=32).digest()


def _tag(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, key=_Signer.key, digest_size=_TAG_BYTES).digest()


def _verified(cursor: str) -> bytes | None:
    """The payload of a cursor issued by this service, otherwise None."""
    if len(cursor) > MAX_CURSOR_LENGTH:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    payload = raw[_TAG_BYTES:]
    return payload if hmac.compare_digest(raw[:_TAG_BYTES], _tag(payload)) else None


def is_cursor(text: str) -> bool:
    """Whether `text` is a cursor issued by this service, for any list."""
    return _verified(text) is not None


Limit = Annotated[
    int, QueryParameter(ge=1, le=100, description="Maximum number of items; 20 by default.")
]
Cursor = Annotated[
    str | None,
    QueryParameter(
        max_length=MAX_CURSOR_LENGTH,
        pattern=_FORM,
        description="`next_cursor` of the page before, of the same list with the same filters;"
        " opaque.",
    ),
    TextFormat(_FORM, NOT_A_CURSOR),
    Check(is_cursor, NOT_A_CURSOR),
]


class Page(msgspec.Struct, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None = None

    def map(self, function: Callable[[T], U]) -> Page[U]:
        """The same page with `function` applied to each item."""
        return Page([function(item) for item in self.items], self.next_cursor)


def _digest(scope: str) -> bytes:
    return hashlib.blake2b(scope.encode(), digest_size=_SCOPE_BYTES).digest()


def encode_cursor(key: Sequence[Any], scope: str = "") -> str:
    """An opaque cursor for the row with sort key `key`. `scope` identifies the list (path, sort
    order, filters).
    """
    payload = _digest(scope) + msgspec.json.encode(list(key))
    return base64.urlsafe_b64encode(_tag(payload) + payload).decode().rstrip("=")


def decode_cursor(cursor: str, types: Sequence[Any], scope: str = "") -> tuple[Any, ...]:
    """The sort key in `cursor`, with each part converted to the given type. Raises ValidationFailed
    if the cursor is forged, belongs to another list, or contains a value that no row can have.
    """
    payload = _verified(cursor)
    try:
        if payload is None or payload[:_SCOPE_BYTES] != _digest(scope):
            raise ValueError
        raw = msgspec.json.decode(payload[_SCOPE_BYTES:], type=list[Any])
        key = tuple(msgspec.convert(value, type_) for value, type_ in zip(raw, types, strict=True))
        if not all(map(_is_storable, key)):
            raise ValueError
        return key
    except (ValueError, TypeError, msgspec.MsgspecError):
        raise ValidationFailed([FieldError("cursor", NOT_A_CURSOR)]) from None


def decode_id(cursor: str | None, scope: str, start: UUID) -> UUID:
    """The same for a list that is sorted by id: the id in `cursor`, or `start` for the first page.
    Raises ValidationFailed.
    """
    if cursor is None:
        return start
    (last_id,) = decode_cursor(cursor, (UUID,), scope)
    return last_id  # type: ignore[no-any-return]


def _is_storable(part: Any) -> bool:
    """Whether PostgreSQL can represent the value: a bigint, or an instant within its range."""
    if isinstance(part, int):
        return -(2**63) <= part < 2**63
    return is_plausible(part) if isinstance(part, datetime) else True


def page(rows: Sequence[T], limit: int, key: Any, scope: str = "") -> Page[T]:
    """A page of `rows`, of which one more than `limit` was fetched; `key` returns a row's
    sort key.
    """
    more, shown = len(rows) > limit, list(rows[:limit])
    return Page(items=shown, next_cursor=encode_cursor(key(shown[-1]), scope) if more else None)
