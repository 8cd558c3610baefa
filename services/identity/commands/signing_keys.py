"""Signing keys: created at the first start, published before they sign, and published until the
last token they signed has expired.

Replicas share them through the database, where private keys are stored encrypted. If a key cannot
be decrypted (SIGNING_KEY_SECRET was changed), its public key stays published, but a new key is
created that signs at once: nobody is signed out.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jwt.algorithms import ECAlgorithm

from services.identity.commands.access_tokens import ALGORITHM, Signer
from services.identity.domain.model import PublicKey, SigningKey
from services.identity.domain.tokens import ACCESS_SECONDS
from services.identity.settings import IdentitySettings
from services.identity.store.signing_keys import (
    all_signing_keys,
    insert_signing_key,
    lock_signing_keys,
    may_sign,
    retire_all_but,
)
from shared.clock import now
from shared.db import Database, Transaction
from shared.telemetry import log

# How old a replica's copy of the keys may be. A new key of another replica is known here long
# before it signs; one that was revoked stays published for so long, and verifiers keep it for
# `shared.public_keys.REFRESH_SECONDS` more: half a minute together, as docs/operations.md says.
RELOAD_AFTER = timedelta(seconds=10)
# Added to the expiry of the last token, because clocks differ.
MARGIN = timedelta(minutes=5)
NONCE = 12


class Keyring:
    """This process's copy of the keys."""

    def __init__(self, settings: IdentitySettings, database: Database) -> None:
        self._cipher = AESGCM(settings.secret)
        self._database = database
        self._lead = timedelta(seconds=settings.signing_key_lead_seconds)
        self._life = timedelta(days=settings.signing_key_days)
        self._signers: list[tuple[datetime, Signer]] = []
        self._public: list[tuple[datetime | None, PublicKey]] = []
        self._loaded: datetime | None = None
        # One reader at a time: at the very first start another one would find the table empty and
        # discard the key just created.
        self._reading = asyncio.Lock()

    async def signer(self) -> Signer:
        """The key that currently signs. Checks the database each time, because a key that was
        revoked in another replica must not sign any more.
        """
        await self._refresh()
        signer = self._current()
        if not await may_sign(self._database.reader, signer.kid):
            await self._refresh(force=True)
            signer = self._current()
        return signer

    def _current(self) -> Signer:
        at = now()
        return next(signer for active_from, signer in self._signers if active_from <= at)

    async def published(self) -> list[PublicKey]:
        """All keys with which a valid token may be signed, now or soon."""
        await self._refresh()
        at = now()
        return [key for retires_at, key in self._public if retires_at is None or retires_at > at]

    async def as_jwks(self, _: str) -> Any:
        """`published` for a Verifier, instead of fetching the keys from ourselves."""
        return {"keys": msgspec.to_builtins(await self.published())}

    async def rotate(self, *, revoke_others: bool = False) -> str:
        """Creates a new key, which signs after the lead time, and returns its id. `revoke_others`
        is for a leaked key: the new key signs at once, and access tokens signed by all others
        become invalid as soon as the verifiers fetch the keys again; refresh tokens stay valid.
        """
        async with self._database.transaction() as db:
            await lock_signing_keys(db)
            at = now()
            kid = await self._add(db, at if revoke_others else at + self._lead)
            if revoke_others:
                await retire_all_but(db, kid, at)
        self._loaded = None
        return kid

    async def keep_fresh(self) -> bool:
        """Job: creates the first key, or a new one when the current key is old. Returns False:
        never more to do at once.
        """
        await self._refresh(force=True)
        return False

    async def _refresh(self, *, force: bool = False) -> None:
        if force or not self._is_fresh():
            async with self._reading:
                if force or not self._is_fresh():
                    await self._read()

    def _is_fresh(self) -> bool:
        return self._loaded is not None and abs(now() - self._loaded) < RELOAD_AFTER

    async def _read(self) -> None:
        at = now()
        async with self._database.transaction() as db:
            self._load(await all_signing_keys(db))
            if self._due(at) is not None:
                # one replica creates the key; the others wait here and then find it
                await lock_signing_keys(db)
                self._load(await all_signing_keys(db))
                active_from = self._due(now())
                if active_from is not None:
                    await self._add(db, active_from)
                    self._load(await all_signing_keys(db))
        self._loaded = at

    def _due(self, at: datetime) -> datetime | None:
        """When a key that must be created now starts to sign; None if no key is needed."""
        if not any(active_from <= at for active_from, _ in self._signers):
            return at
        newest = self._signers[0][0]
        return at + self._lead if newest + self._life <= at + self._lead else None

    async def _add(self, db: Transaction, active_from: datetime) -> str:
        """Stores a new key, and records until when the others are needed."""
        kid, private = secrets.token_urlsafe(12), ec.generate_private_key(ec.SECP256R1())
        text = private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        nonce = os.urandom(NONCE)
        public = {
            **ECAlgorithm.to_jwk(private.public_key(), as_dict=True),
            "kid": kid,
            "alg": ALGORITHM,
            "use": "sig",
        }
        await insert_signing_key(
            db,
            kid=kid,
            public_jwk=public,
            encrypted_private_key=nonce + self._cipher.encrypt(nonce, text, kid.encode()),
            active_from=active_from,
            others_until=active_from + timedelta(seconds=ACCESS_SECONDS) + MARGIN,
        )
        log.info("signing key created", kid=kid, signs_from=active_from.isoformat())
        return kid

    def _load(self, keys: Sequence[SigningKey]) -> None:
        self._public = [
            (key.retires_at, msgspec.convert(key.public_jwk, PublicKey)) for key in keys
        ]
        at = now()
        live = [key for key in keys if key.retires_at is None or key.retires_at > at]
        opened = [(key.active_from, self._open(key)) for key in live]
        self._signers = [
            (active_from, signer) for active_from, signer in opened if signer is not None
        ]

    def _open(self, stored: SigningKey) -> Signer | None:
        kid, sealed = stored.kid, stored.encrypted_private_key
        try:
            text = self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], kid.encode())
        except InvalidTag:
            log.warning("signing key was encrypted with another SIGNING_KEY_SECRET", kid=kid)
            return None
        key = serialization.load_der_private_key(text, password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return Signer(kid, key)
