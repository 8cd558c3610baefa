"""Keyset pages: the cursor is the last row's sort key, so that pages neither skip nor repeat while
rows come and go.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter

from shared.problems import FieldError, ValidationFailed

T = TypeVar("T")

Limit = Annotated[
    int, QueryParameter(ge=1, le=100, description="How many items at most; 20 when absent.")
]
Cursor = Annotated[
    str | None,
    QueryParameter(max_length=2000, description="`next_cursor` of the page before; opaque."),
]


class Page(msgspec.Struct, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None = None


def _digest(scope: str) -> str:
    return hashlib.sha256(scope.encode()).hexdigest()[:8]


def encode_cursor(key: Sequence[Any], scope: str = "") -> str:
    """An opaque cursor for the row with sort key `key`. `scope` is the query that it belongs to
    (sort, filters).
    """
    return (
        base64.urlsafe_b64encode(msgspec.json.encode([_digest(scope), *key])).decode().rstrip("=")
    )


def decode_cursor(cursor: str, types: Sequence[Any], scope: str = "") -> tuple[Any, ...]:
    """The sort key in `cursor`, each part of the given type. Raises ValidationFailed for one that
    is forged or of another query.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        digest, *key = msgspec.json.decode(raw, type=list[Any])
        if digest != _digest(scope) or len(key) != len(types):
            raise ValueError
        return tuple(msgspec.convert(value, type_) for value, type_ in zip(key, types, strict=True))
    except (ValueError, TypeError, binascii.Error, msgspec.MsgspecError):
        raise ValidationFailed([FieldError("cursor", "is not a cursor of this list")]) from None


def page(rows: Sequence[T], limit: int, key: Any, scope: str = "") -> Page[T]:
    """A page of `rows`, which were fetched with one more than `limit`; `key` gives a row's sort
    key.
    """
    more, shown = len(rows) > limit, list(rows[:limit])
    return Page(items=shown, next_cursor=encode_cursor(key(shown[-1]), scope) if more else None)
