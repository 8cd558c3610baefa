"""Clients that mean harm, against the program as it is started: it lives, its memory is bounded,
and everybody else is answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import sys
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway import request_body, uploads
from gateway.tests.conftest import Open, Service
from gateway.tests.test_program import started
from gateway.uploads import UPLOADS_PER_CALLER, Uploads
from shared.problems import RateLimited, Unavailable
from shared.testing import eventually
from shared.testing.ports import free_port

MIB = 1 << 20
CONNECTIONS = 10_000
BIG = 400_000  # as large as the web app's largest file
ELSEWHERE = "127.0.0.2"
UPLOAD = (
    b"POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    b"content-length: 900000\r\n\r\n"
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Target:
    """A running gateway, as an attacker and as everybody else sees it."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid

    async def open(self, sent: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent)
        return reader, writer

    async def ask(self, path: bytes = b"/health/live", body: bytes = b"") -> bytes:
        """The status of somebody else's request, who comes from another address."""
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", self.port, local_addr=(ELSEWHERE, 0)
            )
            head = b"%b %b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n" % (
                b"POST" if body else b"GET",
                path,
            )
            if body:
                head += b"content-type: application/json\r\ncontent-length: %d\r\n" % len(body)
            writer.write(head + b"\r\n" + body)
            answer = await reader.read()
            writer.close()
        return answer[9:12]

    def memory(self) -> int:
        """Bytes in memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return 1024 * int(
            next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
        )

    def max_files(self) -> int:
        """Its limit of open files."""
        limits = Path(f"/proc/{self.pid}/limits").read_text()
        return int(
            next(line for line in limits.splitlines() if line.startswith("Max open files")).split()[
                3
            ]
        )

    async def has_let_go(self, below: int = 100) -> bool:
        """Whether hardly any connection is left."""
        return len(os.listdir(f"/proc/{self.pid}/fd")) < below


@pytest.fixture
def many_files() -> Iterator[int]:
    """How many connections this process may open, with the limit raised as far as it goes."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    _, hard = before
    wanted = CONNECTIONS + 1000 if hard == resource.RLIM_INFINITY else min(CONNECTIONS + 1000, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], wanted), hard))
    yield min(CONNECTIONS, wanted - 500)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture
async def target(service: Service, tmp_path: Path) -> AsyncIterator[Target]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<html></html>")
    (tmp_path / "assets" / "big-abcd1234.js").write_bytes(b"x" * BIG)
    port = free_port()
    async with started(
        port, DIRECTORY_URL=service.url, PAYMENTS_URL=service.url, WEB_ROOT=str(tmp_path)
    ) as process:
        yield Target(port, process.pid)


async def test_head_that_drips_is_cut_off(target: Target) -> None:
    reader, writer = await target.open(b"GET / HTTP/1.1\r\nx-slow: ")

    async def cut_off() -> bool:
        writer.write(b"a")
        with contextlib.suppress(OSError):
            await writer.drain()
        return reader.at_eof() or writer.is_closing()

    ending = asyncio.create_task(reader.read())
    assert await target.ask() == b"200"
    await eventually(cut_off, within=40, every=0.5)
    assert b"200" not in await ending
    assert await target.ask() == b"200"


async def test_header_of_a_mebibyte_is_refused_and_not_kept(target: Target) -> None:
    before = target.memory()
    for _ in range(50):
        reader, writer = await target.open(b"GET / HTTP/1.1\r\nhost: x\r\nx-huge: ")
        with contextlib.suppress(OSError):  # it stops listening in the middle
            writer.write(b"a" * MIB + b"\r\n\r\n")
            await writer.drain()
            assert (await reader.read())[9:12] in (b"431", b"")
        writer.transport.abort()
    assert target.memory() - before < 30 * MIB
    assert await target.ask() == b"200"


async def test_ten_thousand_open_connections_keep_nobody_out(
    target: Target, many_files: int
) -> None:
    if many_files < CONNECTIONS:
        warnings.warn(
            f"only {many_files} connections: the hard limit of open files is low", stacklevel=1
        )
    before = target.memory()
    writers = []
    for start in range(0, many_files, 250):
        count = min(250, many_files - start)
        opened = await asyncio.gather(
            *(target.open(b"GET / HTTP/1.1\r\nhost: ") for _ in range(count))
        )
        writers += [writer for _, writer in opened]
        assert await target.ask() == b"200", f"with {start + count} open"
    assert await target.ask(b"/consultants") == b"200"
    assert target.memory() - before < 200 * MIB
    await eventually(target.has_let_go, within=60, every=0.5)
    assert await target.ask() == b"200"
    for writer in writers:
        writer.transport.abort()


async def test_stalled_uploads_of_one_address_are_bounded_and_others_get_through(
    target: Target,
) -> None:
    before, statuses = target.memory(), []

    async def stall() -> None:
        reader, writer = await target.open(UPLOAD + b"x" * 60_000)
        held.append(writer)
        statuses.append((await reader.read(12))[9:])

    held: list[asyncio.StreamWriter] = []
    stalled = [asyncio.create_task(stall()) for _ in range(UPLOADS_PER_CALLER + 100)]

    async def refused() -> bool:
        return len(statuses) == 100

    await eventually(refused)
    assert set(statuses) == {b"429"}
    assert target.memory() - before < 250 * MIB
    assert await target.ask(b"/webhooks/stripe", b"{}") == b"200", "from another address"
    for writer in held:
        writer.transport.abort()
    await asyncio.gather(*stalled, return_exceptions=True)
    await eventually(target.has_let_go)

    async def counted_no_more() -> bool:
        reader, writer = await target.open(UPLOAD.replace(b"900000", b"2") + b"{}")
        answer = await reader.read(12)
        writer.close()
        return answer[9:] == b"200"

    await eventually(counted_no_more)


async def test_clients_that_do_not_read_are_cut_off_and_counted(target: Target) -> None:
    before, held = target.memory(), []
    for _ in range(620):  # RATE_LIMIT_PER_MINUTE is 600
        reader, writer = await target.open(
            b"GET /assets/big-abcd1234.js HTTP/1.1\r\nhost: x\r\n\r\n"
        )
        reader.set_exception(ConnectionError())  # nothing is taken from the transport any more
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        held.append(writer)
    last, writer = await target.open(b"GET /assets/big-abcd1234.js HTTP/1.1\r\nhost: x\r\n\r\n")
    assert (await last.read(12))[9:] == b"429"
    assert await target.ask(b"/assets/big-abcd1234.js") == b"200", "from another address"
    assert target.memory() - before < 600 * BIG + 50 * MIB
    await eventually(target.has_let_go, within=60, every=0.5)
    for one in (*held, writer):
        one.transport.abort()
    assert await target.ask() == b"200"


async def test_connections_of_stalled_uploads_end_with_their_408(
    open_gateway: Open, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_body, "UPLOAD_SECONDS", 1.0)
    monkeypatch.setattr(uploads, "DISCARD_SECONDS", 0.3)
    gateway = await open_gateway()

    async def stall(size: int) -> bytes:
        return await gateway.raw(UPLOAD + b"x" * size)

    answers = await asyncio.gather(
        *(stall(size) for size in (1, 1000, 70_000, 200_000) for _ in range(25))
    )
    assert {answer[9:12] for answer in answers} == {b"408"}


def test_uploads_are_counted_by_caller_and_together() -> None:
    counted = Uploads(at_once=3, per_caller=2)
    counted.begin("ada")
    counted.begin("ada")
    with pytest.raises(RateLimited) as refusal:
        counted.begin("ada")
    assert refusal.value.headers == {
        "Retry-After": "10",
        "RateLimit-Policy": '"uploads";q=2',
        "RateLimit": '"uploads";r=0;t=10',
    }
    counted.begin("bob")
    with pytest.raises(Unavailable):
        counted.begin("cy")
    counted.end("ada")
    counted.begin("cy")
    for caller in ("ada", "bob", "cy"):
        counted.end(caller)
    assert counted._callers == {}


async def test_gateway_takes_more_connections_than_one_stranger_opens(target: Target) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert target.max_files() >= min(16_000, hard if hard != resource.RLIM_INFINITY else 16_000)
