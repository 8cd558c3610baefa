"""Downloads of calendars: bounded, and never from an address that is not public."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ipaddress
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from services.booking.busy_calendars import downloads
from services.booking.busy_calendars.addresses import (
    is_public,
    names_private_address,
    normalized_address,
)
from services.booking.busy_calendars.downloads import MAX_BYTES, download
from services.booking.busy_calendars.encryption import AddressCipher
from services.booking.busy_calendars.errors import UnreadableCalendar

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
GZIP = {"Content-Encoding": "gzip"}
ANSWERS: dict[str, dict[str, Any]] = {
    "plain": {"body": CALENDAR, "headers": {"Set-Cookie": "a=b"}},
    "gzip": {"body": gzip.compress(CALENDAR), "headers": GZIP},
    "deflate": {"body": zlib.compress(CALENDAR), "headers": {"Content-Encoding": "deflate"}},
    "bomb": {"body": gzip.compress(bytes(4 * MAX_BYTES), 1), "headers": GZIP},
    "damaged": {"body": b"no gzip", "headers": GZIP},
    "cut-off": {"body": gzip.compress(CALENDAR)[:-4], "headers": GZIP},
    "brotli": {"body": b"?", "headers": {"Content-Encoding": "br"}},
    "largest": {"body": bytes(MAX_BYTES)},
    "larger": {"body": bytes(MAX_BYTES + 1)},
    "gone": {"status": 410},
    "elsewhere": {"status": 302, "headers": {"Location": "ftp://example.org/x.ics"}},
    "nowhere": {"status": 302},
    "metadata": {"status": 307, "headers": {"Location": "http://169.254.169.254/latest"}},
    # as many redirects as their names say
    "1": {"status": 301, "headers": {"Location": "/plain"}},
    "2": {"status": 302, "headers": {"Location": "/1"}},
    "3": {"status": 303, "headers": {"Location": "/2"}},
    "4": {"status": 308, "headers": {"Location": "/3"}},
}
# The beginning of a compressed answer, and what follows it for ever.
ENDLESS = {
    "padded": (gzip.compress(CALENDAR), bytes(1 << 16)),
    # a compressed file of empty blocks
    "empty": (b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\0\0\0\xff\xff" * 10_000),
}


async def _answer(request: web.Request) -> web.StreamResponse:
    assert "Cookie" not in request.headers
    return web.Response(**ANSWERS[request.match_info["what"]])


async def _trickle(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        while True:
            await response.write(b"BEGIN:VCALENDAR\r\n")
            await asyncio.sleep(0.02)
    return response


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers=GZIP)
    await response.prepare(request)
    beginning, repeated = ENDLESS[request.match_info["what"]]
    with contextlib.suppress(ConnectionError):
        await response.write(beginning)
        while True:
            await response.write(repeated)
    return response


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(CALENDAR), CALENDAR)


class RawServer:
    """A server that sends `beginning`, and then `repeated` until the client goes."""

    def __init__(self) -> None:
        self.url = ""
        self.beginning = self.repeated = b""

    async def respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self.beginning)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
            while self.repeated:
                writer.write(self.repeated)
                await writer.drain()
        writer.close()


@pytest.fixture
async def raw() -> AsyncIterator[RawServer]:
    made = RawServer()
    server = await asyncio.start_server(made.respond, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    yield made
    server.close()


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """A server with one path for each way in which a server may respond."""
    application = web.Application()
    application.router.add_get("/slow", _trickle)
    application.router.add_get("/endless/{what}", _endless)
    application.router.add_get("/{what}", _answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    [address] = runner.addresses
    yield f"http://127.0.0.1:{address[1]}"
    await runner.cleanup()


@pytest.mark.parametrize("what", ["plain", "gzip", "deflate", "1", "3"])
async def test_calendar_is_downloaded(server: str, what: str) -> None:
    assert await download(f"{server}/{what}", allow_private=True) == CALENDAR


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("larger", "larger than 5 MiB"),
        ("bomb", "larger than 5 MiB"),
        ("damaged", "malformed"),
        ("cut-off", "malformed"),
        ("brotli", "encoding"),
        ("gone", "status 410"),
        ("4", "more than 3 times"),
        ("elsewhere", "that is not a web address"),
        ("nowhere", "more than 3 times"),
    ],
)
async def test_bad_answer_is_refused_with_its_reason(server: str, what: str, reason: str) -> None:
    with pytest.raises(UnreadableCalendar, match=reason):
        await download(f"{server}/{what}", allow_private=True)


async def test_five_mebibytes_are_not_too_many(server: str) -> None:
    assert len(await download(f"{server}/largest", allow_private=True)) == MAX_BYTES


async def test_endless_answer_is_cut_off(server: str) -> None:
    with pytest.raises(UnreadableCalendar, match="no complete response"):
        await download(f"{server}/slow", allow_private=True, seconds=0.3)


async def test_nothing_is_read_behind_the_end_of_a_compressed_answer(server: str) -> None:
    assert await download(f"{server}/endless/padded", allow_private=True) == CALENDAR


async def test_compressed_answer_that_holds_nothing_is_cut_off(server: str) -> None:
    with pytest.raises(UnreadableCalendar, match="larger than 5 MiB"):
        await download(f"{server}/endless/empty", allow_private=True)


@pytest.mark.parametrize("interim", [CONTINUE, EARLY_HINTS])
async def test_ten_interim_responses_are_read_and_an_eleventh_is_not(
    raw: RawServer, interim: bytes
) -> None:
    raw.beginning = 10 * interim + OK
    assert await download(raw.url, allow_private=True) == CALENDAR
    raw.beginning = 11 * interim + OK
    with pytest.raises(UnreadableCalendar, match="announces a response"):
        await download(raw.url, allow_private=True)


@pytest.mark.parametrize("interim", [CONTINUE, EARLY_HINTS])
async def test_endless_interim_responses_end_the_connection(raw: RawServer, interim: bytes) -> None:
    raw.repeated = interim * 1_000
    with pytest.raises(UnreadableCalendar, match="announces a response"):
        await download(raw.url, allow_private=True, seconds=60)


@pytest.mark.parametrize("repeated", [b"1\r\nA\r\n" * 10_000, b"1;%b\r\nA\r\n" % (b"x" * 8_000)])
async def test_chunks_that_are_mostly_framing_are_cut_off(raw: RawServer, repeated: bytes) -> None:
    raw.beginning, raw.repeated = CHUNKED, repeated
    with pytest.raises(UnreadableCalendar, match="too long"):
        await download(raw.url, allow_private=True, seconds=60)


async def test_server_that_is_not_there_is_a_reason() -> None:
    with pytest.raises(UnreadableCalendar, match="could not be reached"):
        await download("http://127.0.0.1:1/x.ics", allow_private=True)


# ---- networks


async def test_private_server_is_not_read(server: str) -> None:
    with pytest.raises(UnreadableCalendar, match="does not lead to a public server"):
        await download(f"{server}/plain", allow_private=False)


async def test_name_that_resolves_to_a_private_address_is_not_read(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a change of DNS: what is connected is checked, not the name."""
    asked = []

    async def resolve(_: object, host: str, port: int = 0, family: int = 0) -> list[object]:
        asked.append(host)
        there = {"hostname": host, "port": port, "proto": 0, "flags": 0}
        return [
            {**there, "host": "127.0.0.1", "family": 2},
            {**there, "host": "10.0.0.1", "family": 2},
        ]

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", resolve)
    address = server.replace("127.0.0.1", "calendar.example")
    assert await download(f"{address}/plain", allow_private=True) == CALENDAR
    with pytest.raises(UnreadableCalendar, match="does not lead to a public server"):
        await download(f"{address}/plain", allow_private=False)
    assert asked == ["calendar.example"] * 2


async def test_redirect_to_a_private_address_is_not_followed(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ipaddress.ip_address("127.0.0.1")
    monkeypatch.setattr(
        "services.booking.busy_calendars.addresses.is_public",
        lambda address: address == here or is_public(address),
    )
    assert await download(f"{server}/plain", allow_private=False) == CALENDAR
    with pytest.raises(UnreadableCalendar, match="does not lead to a public server"):
        await download(f"{server}/metadata", allow_private=False)


PRIVATE = [
    *("127.0.0.1", "127.255.255.254", "0.1.2.3", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.2.1", "198.18.0.1"),
    *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.0.0.192"),
    *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b:1::7f00:1", "::ffff:0:7f00:1", "::7f00:1"),
    *("fec0::1", "5f00::1", "3fff::1"),
]


@pytest.mark.parametrize("text", PRIVATE)
def test_address_is_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_address_is_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    ("address", "normalized"),
    [
        ("webcal://p01.example.com/published/2/abc", "https://p01.example.com/published/2/abc"),
        ("webcals://p01.example.com/published/2/abc", "https://p01.example.com/published/2/abc"),
        ("WebCals://p01.example.com:8443/a", "https://p01.example.com:8443/a"),
        ("HTTPS://Calendar.example.com/a.ics#top", "https://Calendar.example.com/a.ics"),
        (" https://example.org:8443/a?b=c ", "https://example.org:8443/a?b=c"),
        ("https://kalender.müller.de/büro.ics", "https://kalender.xn--mller-kva.de/b%C3%BCro.ics"),
        ("https://u:p@faß.de:80/a%20b?ä=+", "https://u:p@xn--fa-hia.de:80/a%20b?%C3%A4=+"),
        ("http://１２７。0.0.1/", "http://127.0.0.1/"),
        ("https://ｌｏｃａｌhost/a", "https://localhost/a"),
    ],
)
def test_address_is_normalised(address: str, normalized: str) -> None:
    assert normalized_address(address) == normalized


@pytest.mark.parametrize(
    "address",
    ["", "calendar", "/a.ics", "file:///etc/passwd", "ftp://example.org/a", "https://",
     "https:///a.ics", "https://example.org:99999/", "javascript:alert(1)", "https://🎉.org/",
     "https://ü：80/", "https://" + "ü" * 60 + ".org/"],
)  # fmt: skip
def test_address_of_no_web_server_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|[Pp]ort|not allowed|NFKC|too long"):
        normalized_address(address)


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("https://127.0.0.1/a", True),
        ("https://[::1]/a", True),
        ("https://localhost/a", True),
        ("https://calendar.localhost/a", True),
        ("https://8.8.8.8/a", False),
        ("https://calendar.example.com/a", False),
    ],
)
def test_private_address_is_seen_where_it_is_written(address: str, private: bool) -> None:
    assert names_private_address(address) is private


# ---- at rest


def test_encrypted_address_does_not_show_and_secrets_can_be_replaced() -> None:
    address = "https://calendar.example.com/private-token/basic.ics"
    old, new = AddressCipher("first secret"), AddressCipher("second secret", "first secret")
    stored = old.encrypt(address)
    assert b"private-token" not in stored
    assert stored != old.encrypt(address)
    assert new.decrypt(stored) == address
    with pytest.raises(UnreadableCalendar, match="Add the calendar again"):
        old.decrypt(new.encrypt(address))


def test_limits_are_those_of_the_contract() -> None:
    assert (downloads.MAX_BYTES, downloads.SECONDS, downloads.MAX_REDIRECTS) == (
        5 * 2**20,
        10,
        3,
    )
