"""The client's reading of HTTP/1.1, however the bytes are cut."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.connection import (
    HIGH_WATER,
    MAX_HEAD_SIZE,
    Connection,
    Head,
    UpstreamConnectionLost,
)
from gateway.request_body import chunk


class Wire(asyncio.Transport):
    """A transport that remembers what was done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.aborted = False
        self.reading = True

    def write(self, data: bytes) -> None:  # type: ignore[override]
        self.sent += data

    def abort(self) -> None:
        self.aborted = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


def connected() -> tuple[Connection, Wire]:
    connection, wire = Connection(asyncio.get_running_loop()), Wire()
    connection.connection_made(wire)
    return connection, wire


async def whole(connection: Connection, head: Head) -> bytes:
    parts = [head.body]
    while not head.complete and (part := await connection.more()):
        parts.append(part)
    return b"".join(parts)


BODY = bytes(range(256)) * 5
FRAMED = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 1280\r\nX-A:  b \r\n\r\n" + BODY,
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n"
    + chunk(BODY[:500]) + chunk(BODY[500:]) + chunk(b""),
    "after 100 and 103": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 1280\r\nX-A: b\r\n\r\n" + BODY,
}  # fmt: skip


@pytest.mark.parametrize("kind", FRAMED)
@given(cuts=st.lists(st.integers(0, 1500), max_size=6))
def test_answer_is_the_same_however_it_is_cut(kind: str, cuts: list[int]) -> None:
    async def read() -> None:
        connection, _ = connected()
        answer = connection.ask(b"GET / HTTP/1.1\r\n\r\n")
        at = 0
        for cut in [*sorted(cuts), 5000]:
            if piece := FRAMED[kind][at:cut]:
                connection.data_received(piece)
            at = cut
        head = await answer
        assert (head.status, dict(head.headers)[b"x-a"]) == (200, b"b")
        assert await whole(connection, head) == BODY
        assert connection.reusable

    asyncio.run(read())


async def test_answer_until_the_end_of_the_connection_is_whole_but_ends_it() -> None:
    connection, _ = connected()
    answer = connection.ask(b"")
    connection.data_received(b"HTTP/1.1 200 OK\r\n\r\nhel")
    connection.data_received(b"lo")
    connection.connection_lost(None)
    assert await whole(connection, await answer) == b"hello"
    assert not connection.reusable


@pytest.mark.parametrize("fields", [b"connection: close\r\n", b"Connection: Close\r\n"])
async def test_connection_that_is_announced_to_close_is_not_used_again(fields: bytes) -> None:
    connection, _ = connected()
    answer = connection.ask(b"")
    connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n" + fields + b"\r\n")
    assert (await answer).complete
    assert not connection.reusable


@pytest.mark.parametrize("status", [204, 304])
async def test_some_answers_have_no_body_whatever_they_say(status: int) -> None:
    connection, _ = connected()
    answer = connection.ask(b"")
    connection.data_received(b"HTTP/1.1 %d X\r\netag: a\r\n\r\n" % status)
    assert (await answer).complete
    assert connection.reusable


async def test_bytes_that_nobody_asked_for_end_the_connection() -> None:
    connection, wire = connected()
    connection.data_received(b"HTTP/1.1 200 OK\r\n\r\n")
    assert (wire.aborted, connection.lost) == (True, True)
    with pytest.raises(UpstreamConnectionLost):
        await connection.ask(b"")


async def test_more_than_was_announced_ends_the_connection() -> None:
    connection, wire = connected()
    answer = connection.ask(b"")
    connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nfourteen")
    with pytest.raises(UpstreamConnectionLost):
        await answer
    assert wire.aborted


@pytest.mark.parametrize(
    ("beginning", "repeated"),
    [(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"), (b"", b"HTTP/1.1 100 Continue\r\n\r\n")],
)
async def test_heads_without_end_end_the_connection(beginning: bytes, repeated: bytes) -> None:
    connection, wire = connected()
    answer = connection.ask(b"")
    connection.data_received(beginning)
    for _ in range(MAX_HEAD_SIZE // len(repeated) + 1):
        connection.data_received(repeated)
    with pytest.raises(UpstreamConnectionLost):
        await answer
    assert wire.aborted


async def test_service_is_paused_and_resumed() -> None:
    connection, wire = connected()
    answer = connection.ask(b"")
    connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n")
    await answer
    connection.data_received(b"x" * (HIGH_WATER + 1))
    assert not wire.reading
    assert len(await connection.more()) == HIGH_WATER + 1
    assert wire.reading


async def test_upload_waits_while_the_service_is_slow() -> None:
    connection, wire = connected()
    connection.pause_writing()
    writing = asyncio.ensure_future(connection.write(b"abc"))
    await asyncio.sleep(0)
    assert not writing.done()
    connection.resume_writing()
    await writing
    assert wire.sent == b"abc"


@given(
    pieces=st.lists(st.binary(min_size=1, max_size=300), max_size=8),
    step=st.integers(1, 50),
)
def test_chunks_are_read_however_they_are_cut(pieces: list[bytes], step: int) -> None:
    text = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    text += b"".join(map(chunk, pieces)) + chunk(b"")

    async def read() -> None:
        connection, _ = connected()
        answer = connection.ask(b"")
        for at in range(0, len(text), step):
            connection.data_received(text[at : at + step])
        assert await whole(connection, await answer) == b"".join(pieces)
        assert connection.reusable

    asyncio.run(read())


@pytest.mark.parametrize(
    "coded",
    [b"x\r\n", b"-1\r\n", b"3\r\nabcd\r\n", b"0\r\n\r\nmore", b"1" * 30 + b"\r\n"],
)
async def test_malformed_chunks_end_the_connection(coded: bytes) -> None:
    connection, wire = connected()
    connection.ask(b"").add_done_callback(lambda future: future.exception())
    connection.data_received(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + coded)
    assert (wire.aborted, connection.reusable) == (True, False)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20_000,
    ],
)
async def test_what_is_not_http_ends_the_connection(head: bytes) -> None:
    connection, wire = connected()
    answer = connection.ask(b"")
    connection.data_received(head)
    with pytest.raises(UpstreamConnectionLost):
        await answer
    assert wire.aborted


async def test_next_answer_is_read_after_one_that_had_no_body() -> None:
    connection, _ = connected()
    answer = connection.ask(b"")
    connection.data_received(b"HTTP/1.1 304 X\r\ncontent-length: 10\r\n\r\n")
    assert (await answer).complete
    answer = connection.ask(b"")
    connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")
    assert (await answer).body == b"hi"
