"""Idempotency keys: the first response is repeated for 24 hours, errors included."""

import hashlib
from typing import Any, NamedTuple

import msgspec

from sandbox.stripe.errors import StripeError
from sandbox.stripe.store import Store

KEPT_SECONDS = 86400


class StoredResponse(NamedTuple):
    """A stored response."""

    path: str
    print: str
    status: int
    request: str
    body: bytes


def fingerprint(params: Any) -> str:
    """Equal for equal parameters in any order."""
    return hashlib.sha256(msgspec.json.encode(params, order="sorted")).hexdigest()


def kept(store: Store, slot: str, path: str, print_: str, key: str) -> StoredResponse | None:
    """The response to replay, if there is one. Raises 400 if the key was used for another
    request.
    """
    row = store.db.execute(
        "SELECT path, print, status, request, body FROM idempotency WHERE slot = ? AND at > ?",
        (slot, store.now() - KEPT_SECONDS),
    ).fetchone()
    if row is None:
        return None
    found = StoredResponse(*row)
    if found.path != path:
        raise _reused(
            f"for the same endpoint they were first used for ('{found.path}' vs '{path}')", key
        )
    if found.print != print_:
        raise _reused("with the same parameters they were first used with", key)
    return found


def keep(store: Store, slot: str, answer: StoredResponse) -> None:
    """Store a response in the transaction of its work."""
    store.write(
        "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)",
        (slot, answer.path, answer.print, answer.status, answer.request, store.now(), answer.body),
    )


def _reused(how: str, key: str) -> StripeError:
    message = (
        f"Keys for idempotent requests can only be used {how}. "
        f"Try using a key other than '{key}' if you meant to execute a different request."
    )
    return StripeError(400, message, None, "idempotency_error", kept=False)
