"""Password hashing: bcrypt over a hash of the whole password, in its own threads, so that other
requests are served meanwhile. Registrations and existing accounts have separate queues: opening
many accounts does not delay logins or password changes.
"""

import asyncio
import base64
import hashlib
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

from shared.problems import Unavailable

# At a quarter of a second per hash, a full queue takes about twenty seconds; beyond that it is
# better to reject a request.
MAX_QUEUE_LENGTH = 80

T = TypeVar("T")


def digest(password: str) -> bytes:
    """The input of bcrypt: 44 characters derived from the whole password, because bcrypt alone
    would stop at 72 bytes and at NUL. Normalised according to RFC 8265 (NFC), because keyboards may
    encode the same character differently.
    """
    return base64.b64encode(
        hashlib.sha256(unicodedata.normalize("NFC", password).encode()).digest()
    )


class _Queue:
    """One thread, and the queue of work for it."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._queued = 0

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`. Raises Unavailable if the queue is full."""
        if self._queued >= MAX_QUEUE_LENGTH:
            raise Unavailable
        self._queued += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._queued -= 1

    def close(self) -> None:
        """Stops the thread after its current work."""
        self._thread.shutdown(wait=False, cancel_futures=True)


class Passwords:
    """Hashes and verifies passwords at a cost of 2^`rounds`."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self._new = _Queue("bcrypt-new")
        self._known = _Queue("bcrypt-known")
        # A hash of the empty password: bcrypt computes the whole hash before comparing, so an
        # unknown address takes as long as a known one.
        self._nobody = bcrypt.gensalt(rounds).decode() + "." * 31

    async def hash(self, password: str) -> str:
        """A new salted hash for an existing account. Raises Unavailable if the queue is full."""
        return await self._hash(self._known, password)

    async def hash_for_registration(self, password: str) -> str:
        """A new salted hash for an account that is being opened, in the queue for registrations."""
        return await self._hash(self._new, password)

    async def _hash(self, queue: _Queue, password: str) -> str:
        secret = digest(password)
        hashed = await queue.run(lambda: bcrypt.hashpw(secret, bcrypt.gensalt(self.rounds)))
        return hashed.decode()

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Whether `password` matches `hashed`. If `hashed` is None (unknown address), does the same
        work and returns False.
        """
        secret, against = digest(password), (hashed or self._nobody).encode()
        fits = await self._known.run(lambda: bcrypt.checkpw(secret, against))
        return fits and hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether it was created at another cost, so that verifying it takes a different time than
        an unknown address.
        """
        return hashed.split("$")[2] != f"{self.rounds:02}"

    def close(self) -> None:
        """Stops the threads after their current work."""
        self._new.close()
        self._known.close()
