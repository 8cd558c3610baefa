"""Identity's public keys, as used by every program that verifies tokens."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import jwt
import msgspec

from shared.problems import Unavailable
from shared.telemetry import log

# An unknown key id triggers another request to identity, but not more often than this: forged
# tokens must not put load on it.
REFETCH_SECONDS = 2.0
# Keys older than this are fetched again, and requests do not wait for it.
RENEW_SECONDS = 10.0
# How long a withdrawn key continues to be accepted: requests wait for keys older than this. Keys
# become that old only in a process that gets no requests, because every request renews them.
REFRESH_SECONDS = 20.0
# How long they wait, before known keys are used as they are when identity is unreachable.
WAIT_SECONDS = 2.0
# How long a replica may take, if there is another one.
REPLICA_SECONDS = 1.0
# How long the only, or the last, replica may take.
FETCH_SECONDS = 4.0


class PublicKeys:
    """The keys at one URL or several, comma-separated. Concurrent callers share one request."""

    def __init__(self, urls: str, fetch: Callable[[str], Any] | None = None) -> None:
        self._urls = urls.split(",")
        self._fetch = fetch or fetch_json
        self._keys: dict[str, Any] = {}
        self._begun = self._asked = self._answered = float("-inf")
        self._loading: asyncio.Task[None] | None = None

    @property
    def are_old(self) -> bool:
        """Whether they should be fetched again, by `renew`."""
        return self._age() > RENEW_SECONDS

    def _age(self) -> float:
        """Seconds since the keys were fetched, or could not be."""
        return time.monotonic() - max(self._answered, self._asked)

    async def find(self, kid: str) -> Any | None:
        """The key with that id, or None if there is none. Raises Unavailable if no key has been
        fetched yet.
        """
        if kid not in self._keys and time.monotonic() - self._asked > REFETCH_SECONDS:
            await self.refresh()
        if not self._keys:
            raise Unavailable
        return self._keys.get(kid)

    async def renew(self) -> None:
        """Fetches old keys again, in the background unless they are too old to be used."""
        age = self._age()
        loading = self._begin_loading()
        wait = self._begun + WAIT_SECONDS - time.monotonic()
        if age > REFRESH_SECONDS and wait > 0:
            await asyncio.wait({loading}, timeout=wait)

    async def refresh(self) -> None:
        """Fetches the keys; if that fails, the known ones are kept."""
        await asyncio.shield(self._begin_loading())

    def _begin_loading(self) -> asyncio.Task[None]:
        if self._loading is None:
            self._begun = time.monotonic()
            self._loading = asyncio.create_task(self._load())
            self._loading.add_done_callback(self._loaded)
        return self._loading

    def __contains__(self, kid: str) -> bool:
        return kid in self._keys

    def _loaded(self, _: asyncio.Task[None]) -> None:
        self._loading = None
        self._asked = time.monotonic()

    async def _load(self) -> None:
        try:
            found = jwt.PyJWKSet.from_dict(await self._document()).keys
        except Exception as error:
            log.warning("keys cannot be fetched", reason=type(error).__name__)
            return
        self._keys = {key.key_id: key.key for key in found if key.key_id}
        self._answered = time.monotonic()

    async def _document(self) -> Any:
        *others, last = self._urls
        for url in others:
            # any error: the next replica has the same keys
            with contextlib.suppress(Exception):
                async with asyncio.timeout(REPLICA_SECONDS):
                    return await self._fetch(url)
        return await self._fetch(last)


async def fetch_json(url: str) -> Any:
    """The JSON document at an internal http:// `url`. Raises OSError or HTTPException."""
    # One small GET now and then does not justify an HTTP client as a dependency.
    async with asyncio.timeout(FETCH_SECONDS):
        return msgspec.json.decode(await asyncio.to_thread(_get, url))


def _get(url: str) -> bytes:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=FETCH_SECONDS)
    with contextlib.closing(connection):
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        if answer.status != 200:
            raise OSError(f"{url} answered {answer.status}")
        return answer.read()
