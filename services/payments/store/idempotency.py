"""Responses of calls with an `Idempotency-Key`, by user and key."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.db import Transaction
from shared.idempotency import idempotency_keys


class IdempotencyClaim(msgspec.Struct, frozen=True):
    """A key that a request has claimed, with that request's fingerprint. `status` and `body` are
    its response, None until there is one.
    """

    fingerprint: bytes
    status: int | None
    body: bytes | None
    created_at: datetime


_claim = select(*(idempotency_keys.c[name] for name in IdempotencyClaim.__struct_fields__))


def _mine(user_id: UUID, key: str) -> ColumnElement[bool]:
    return (idempotency_keys.c.user_id == user_id) & (idempotency_keys.c.key == key)


async def claim_key(
    db: Transaction, user_id: UUID, key: str, fingerprint: bytes, at: datetime
) -> bool:
    """Inserts the key; False if it exists already."""
    new = insert(idempotency_keys).values(
        user_id=user_id, key=key, fingerprint=fingerprint, created_at=at
    )
    return (await db.execute(new.on_conflict_do_nothing())).rowcount == 1


async def get(db: Transaction, user_id: UUID, key: str) -> IdempotencyClaim | None:
    """The claim of the key; None if there is none."""
    row = (await db.execute(_claim.where(_mine(user_id, key)))).mappings().one_or_none()
    return IdempotencyClaim(**row) if row is not None else None


async def store_response(
    db: Transaction, user_id: UUID, key: str, claimed_at: datetime, status: int, body: bytes
) -> None:
    """Writes the response that repeated calls get, unless the claim of `claimed_at` is over."""
    claim = (idempotency_keys.c.created_at == claimed_at) & _mine(user_id, key)
    await db.execute(update(idempotency_keys).where(claim).values(status=status, body=body))


async def release_key(db: Transaction, user_id: UUID, key: str, claimed_at: datetime) -> None:
    """Ends the claim made at `claimed_at`, so that the next call with the key is the first. Another
    request may have claimed the key since.
    """
    claim = (idempotency_keys.c.created_at == claimed_at) & _mine(user_id, key)
    await db.execute(delete(idempotency_keys).where(claim))
