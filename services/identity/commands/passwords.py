"""Passwords: bcrypt over a hash of the whole, in threads of its own, so that the service answers
others meanwhile. New accounts and known ones have a queue each: whoever opens many accounts holds
up nobody who signs in or changes a password.
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

# At a quarter of a second each a queue is about twenty seconds long; who comes later is better told
# to come again.
LONGEST_QUEUE = 80

T = TypeVar("T")


def digest(password: str) -> bytes:
    """What bcrypt is given: 44 characters that depend on all of the password, where bcrypt alone
    would stop at 72 bytes and at NUL. Normalised as RFC 8265 says (NFC): two keyboards may spell
    one character differently.
    """
    return base64.b64encode(
        hashlib.sha256(unicodedata.normalize("NFC", password).encode()).digest()
    )


class _Queue:
    """One thread, and the work that waits for it."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._queued = 0

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives. Raises Unavailable when too many wait already."""
        if self._queued >= LONGEST_QUEUE:
            raise Unavailable
        self._queued += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._queued -= 1

    def close(self) -> None:
        """Ends the thread after what it is at."""
        self._thread.shutdown(wait=False, cancel_futures=True)


class Passwords:
    """Hashes and checks passwords at a cost of 2^`rounds`."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self._new = _Queue("bcrypt-new")
        self._known = _Queue("bcrypt-known")
        # A hash of nothing: bcrypt computes the whole of it before it compares, so an unknown
        # address costs what a known one does.
        self._nobody = bcrypt.gensalt(rounds).decode() + "." * 31

    async def hash(self, password: str) -> str:
        """A new salted hash, of a known account's password. Raises Unavailable when too many wait
        already.
        """
        return await self._hash(self._known, password)

    async def hash_for_registration(self, password: str) -> str:
        """The same for an account that is being opened, in the queue of these."""
        return await self._hash(self._new, password)

    async def _hash(self, queue: _Queue, password: str) -> str:
        secret = digest(password)
        hashed = await queue.run(lambda: bcrypt.hashpw(secret, bcrypt.gensalt(self.rounds)))
        return hashed.decode()

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Whether `password` belongs to `hashed`; without one (nobody of that name), the same work
        and False.
        """
        secret, against = digest(password), (hashed or self._nobody).encode()
        fits = await self._known.run(lambda: bcrypt.checkpw(secret, against))
        return fits and hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether it was made at another cost, so that it takes another time than an unknown
        address.
        """
        return hashed.split("$")[2] != f"{self.rounds:02}"

    def close(self) -> None:
        """Ends the threads after what they are at."""
        self._new.close()
        self._known.close()
