"""Signing keys. Private keys are stored encrypted."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from services.identity.domain.model import SigningKey
from services.identity.tables import signing_keys
from shared.clock import now
from shared.db import Query, Reader, Transaction

_LOCK = select(func.pg_advisory_xact_lock(func.hashtext("identity.signing_keys")))
_RETIRES_AT = Query(
    select(signing_keys.c.retires_at).where(
        signing_keys.c.kid == bindparam("kid", type_=signing_keys.c.kid.type)
    )
)
_ALL = select(*(signing_keys.c[name] for name in SigningKey.__struct_fields__)).order_by(
    signing_keys.c.active_from.desc(), signing_keys.c.kid
)


async def lock_signing_keys(db: Transaction) -> None:
    """Lets only one transaction at a time add or retire keys."""
    await db.execute(_LOCK)


async def all_signing_keys(db: Transaction) -> list[SigningKey]:
    """All keys, newest first."""
    return [SigningKey(*row) for row in (await db.execute(_ALL)).all()]


async def may_sign(reader: Reader, kid: str) -> bool:
    """Whether the key exists and is not retired yet."""
    row = await reader.row(_RETIRES_AT, kid=kid)
    return row is not None and (row["retires_at"] is None or row["retires_at"] > now())


async def insert_signing_key(
    db: Transaction,
    *,
    kid: str,
    public_jwk: dict[str, Any],
    encrypted_private_key: bytes,
    active_from: datetime,
    others_until: datetime,
) -> None:
    """Adds a key; the keys before it retire at `others_until`."""
    older = signing_keys.c.retires_at.is_(None) & (signing_keys.c.active_from <= active_from)
    await db.execute(update(signing_keys).where(older).values(retires_at=others_until))
    await db.execute(
        insert(signing_keys).values(
            kid=kid,
            public_jwk=public_jwk,
            encrypted_private_key=encrypted_private_key,
            created_at=now(),
            active_from=active_from,
        )
    )


async def retire_all_but(db: Transaction, kid: str, at: datetime) -> None:
    """Retires every other key at `at`."""
    await db.execute(update(signing_keys).where(signing_keys.c.kid != kid).values(retires_at=at))
