"""Downloads calendars: with limits on size, time and redirects, and from public addresses only."""

from __future__ import annotations

import asyncio
import zlib
from http import HTTPStatus
from urllib.parse import urljoin

import aiohttp

from services.booking.busy_calendars.addresses import (
    NOT_PUBLIC,
    normalized_address,
    public_socket,
)
from services.booking.busy_calendars.connections import LimitedConnector
from services.booking.busy_calendars.errors import UnreadableCalendar
from shared.counts import counted

MAX_BYTES = 5 * 1024 * 1024
# As transferred: with heads, sizes and extensions of chunks.
MAX_TRANSFERRED_BYTES = 2 * MAX_BYTES
SECONDS = 10.0
MAX_REDIRECTS = 3
_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
    "Accept-Encoding": "gzip, deflate, identity",
    "User-Agent": "ConsultantConnect-Calendar/1.0",
}
_TOO_LARGE = f"The calendar is larger than {MAX_BYTES // 1024 // 1024} MiB."


async def download(address: str, *, allow_private: bool, seconds: float = SECONDS) -> bytes:
    """The content at `address`, following redirects. Raises UnreadableCalendar."""
    try:
        async with asyncio.timeout(seconds), _session(allow_private) as session:
            return await _follow(session, address)
    except TimeoutError:
        reason = f"There was no complete response within {counted(seconds, 'second')}."
    except aiohttp.ClientConnectorDNSError:
        reason = "The server's name is not known."
    except (aiohttp.ClientError, ValueError) as error:
        if _was_private(error):
            reason = "The address does not lead to a public server."
        else:
            reason = "The server could not be reached, or closed the connection."
    raise UnreadableCalendar(reason) from None


def _session(allow_private: bool) -> aiohttp.ClientSession:
    connector = LimitedConnector(
        MAX_TRANSFERRED_BYTES,
        use_dns_cache=False,
        force_close=True,
        socket_factory=None if allow_private else public_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=_HEADERS,
        # decompressed here, because the limit applies to the decompressed size too
        auto_decompress=False,
    )


async def _follow(session: aiohttp.ClientSession, address: str) -> bytes:
    for _ in range(MAX_REDIRECTS + 1):
        async with session.get(address, allow_redirects=False) as response:
            if response.status not in _REDIRECTS:
                return await _body(response)
            location = response.headers.get("Location", "")
        try:
            address = normalized_address(urljoin(address, location))
        except ValueError:
            raise UnreadableCalendar(
                "The server redirects to an address that is not a web address."
            ) from None
    raise UnreadableCalendar(f"The server redirects more than {MAX_REDIRECTS} times.")


async def _body(response: aiohttp.ClientResponse) -> bytes:
    if response.status != HTTPStatus.OK:
        raise UnreadableCalendar(f"The server responded with status {response.status}.")
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise UnreadableCalendar("The server used an encoding that was not requested.")
    plain = encoding in ("", "identity")
    inflater = None if plain else zlib.decompressobj(zlib.MAX_WBITS | 32)
    found, received = bytearray(), 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        # Compressed data of any length can decompress to nothing.
        received += len(chunk)
        try:
            room = MAX_BYTES + 1 - len(found)
            found += inflater.decompress(chunk, room) if inflater else chunk
        except zlib.error:
            raise UnreadableCalendar("The server's response is malformed.") from None
        if max(len(found), received) > MAX_BYTES:
            raise UnreadableCalendar(_TOO_LARGE)
        if inflater is not None and inflater.eof:
            break  # zlib would keep, and copy each time, whatever follows
    if inflater is not None and not inflater.eof:
        raise UnreadableCalendar("The server's response is malformed.")
    return bytes(found)


def _was_private(error: Exception) -> bool:
    """Whether a connection failed because an address is not public. If a name has several
    addresses, only the texts of their errors are available.
    """
    return NOT_PUBLIC in str(error)
