"""Limits on attempts to log in, register and send mails. Attempts are counted in the database, so
that all replicas share the counts, and before bcrypt, so that rejected attempts cost nothing.
"""

import hashlib
import math
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from services.identity.store.attempts import (
    count_attempt,
    delete_attempts,
)
from shared.callers import caller_at
from shared.clock import now
from shared.counts import counted
from shared.db import Database, Transaction
from shared.problems import RateLimited
from shared.text import email_key

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
# Offices, schools and whole mobile networks share one address; guessing at ten accounts at once
# remains useless.
ADDRESS_FACTOR = 10
# Per account, for attempts from all addresses: higher than the limit per address, or a stranger
# with eleven wrong passwords could lock the owner out.
ACCOUNT_FACTOR = 10
# Whole classes and teams open their accounts together; what it protects has a queue of its own.
REGISTRATION_FACTOR = 30


class Policy(NamedTuple):
    """What is limited: its name in the RateLimit header fields, its name in the error's text, and
    the window in which attempts are counted.
    """

    name: str
    action: str
    window: timedelta


LOGIN = Policy("login", "sign in", MINUTE)
REGISTRATION = Policy("registration", "open an account", MINUTE)
PASSWORD_RESET = Policy("password-reset", "reset a password", MINUTE)
MAIL = Policy("mail", "send this mail", HOUR)


def _key(kind: str, *parts: str) -> bytes:
    return hashlib.sha256("\0".join((kind, *parts)).encode()).digest()


async def count_sign_in(database: Database, *, email: str, address: str | None, limit: int) -> None:
    """Counts an attempt to prove a password: for the account from that address, for the account
    from anywhere, and for the address. Raises RateLimited.
    """
    caller = caller_at(address) if address is not None else ""
    limits = {
        _key("account", email_key(email), caller): limit,
        _key("account anywhere", email_key(email)): limit * ACCOUNT_FACTOR,
    }
    if address is not None:
        limits[_key("address", caller)] = limit * ADDRESS_FACTOR
    await _count_all(database, limits, LOGIN)


async def count_registration(database: Database, *, address: str | None, limit: int) -> None:
    """Counts a registration attempt, before anything expensive is done. Raises RateLimited."""
    if address is not None:
        key = _key("registration", caller_at(address))
        limits = {key: limit * REGISTRATION_FACTOR}
        await _count_all(database, limits, REGISTRATION)


async def count_reset(database: Database, *, address: str | None, limit: int) -> None:
    """Counts a request for a password reset from that address. Raises RateLimited."""
    if address is not None:
        key = _key("reset", caller_at(address))
        await _count_all(database, {key: limit * ADDRESS_FACTOR}, PASSWORD_RESET)


async def count_mail(db: Transaction, user_id: UUID, kind: str, limit: int) -> None:
    """Counts a mail that a user sends to themselves, at most `limit` an hour, in the transaction
    that sends it. Raises RateLimited.
    """
    refusal = await _counted(db, {_key(kind, str(user_id)): limit}, MAIL)
    if refusal is not None:
        raise refusal


async def count_mail_to_new_address(
    db: Transaction, user_id: UUID, email: str, *, limit: int, limit_of_address: int
) -> None:
    """Counts a mail that a user sends to an address that may be a stranger's: at most `limit` an
    hour, and `limit_of_address` to the same address by all users. Raises RateLimited.
    """
    limits = {
        _key("email change", str(user_id)): limit,
        _key("email change to", email_key(email)): limit_of_address,
    }
    refusal = await _counted(db, limits, MAIL)
    if refusal is not None:
        raise refusal


async def _count_all(database: Database, limits: Mapping[bytes, int], policy: Policy) -> None:
    """Counts one attempt for each key; a window begins with its first attempt. Committed at once,
    because rejected attempts count as well.
    """
    async with database.transaction() as db:
        refusal = await _counted(db, limits, policy)
    if refusal is not None:
        raise refusal


async def _counted(
    db: Transaction, limits: Mapping[bytes, int], policy: Policy
) -> RateLimited | None:
    at = now()
    counts = await count_attempt(db, limits, at, policy.window)
    waits = [
        (count.started_at, limits[count.key])
        for count in counts
        if count.attempts > limits[count.key]
    ]
    if not waits:
        return None
    started_at, limit = max(waits)
    return _refusal(policy, limit, started_at + policy.window - at)


def _refusal(policy: Policy, limit: int, wait: timedelta) -> RateLimited:
    seconds = max(1, math.ceil(wait.total_seconds()))
    return RateLimited(
        policy.name,
        quota=limit,
        seconds=seconds,
        window=int(policy.window.total_seconds()),
        detail=f"Too many attempts to {policy.action}. Try again in {counted(seconds, 'second')}.",
    )


async def reset_attempts(db: Transaction, email: str, address: str | None) -> None:
    """Resets the account's count after a correct password. The address's count is kept, or an
    attacker could reset it by logging in.
    """
    caller = caller_at(address) if address is not None else ""
    proven = (
        _key("account", email_key(email), caller),
        _key("account anywhere", email_key(email)),
    )
    await delete_attempts(db, proven)
