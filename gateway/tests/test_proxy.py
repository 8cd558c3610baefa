"""What passes between client and service: whole, in time, and without one hurting the other."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import httpx
import pytest

from gateway import proxy, upstream
from gateway.tests.conftest import HELLO, GatewayHarness, ReceivedRequest, Service, reply
from gateway.tests.test_gateway_app import JSON, assert_problem
from shared.draining import Draining
from shared.ids import new_id
from shared.testing import eventually

Writer = asyncio.StreamWriter


# ---- streaming


async def test_answer_is_passed_on_while_it_is_still_being_written(
    gateway: GatewayHarness, service: Service
) -> None:
    seen = asyncio.Event()

    async def slowly(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 10\r\n\r\nfirst"
        )
        await writer.drain()
        await asyncio.wait_for(seen.wait(), 10)
        writer.write(b"after")

    service.answer = slowly
    parts = []
    async with gateway.http.stream("GET", "/consultants") as response:
        async for part in response.aiter_bytes():
            parts.append(part)
            seen.set()
    assert parts == [b"first", b"after"]


async def test_chunked_answer_arrives_whole(gateway: GatewayHarness, service: Service) -> None:
    pieces = [bytes([n]) * (n * 997 + 1) for n in range(60)]

    async def in_chunks(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in pieces:
            writer.write(b"%x;note=1\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
        writer.write(b"0\r\nx-trailer: 1\r\n\r\n")

    service.answer = in_chunks
    assert (await gateway.http.get("/consultants")).content == b"".join(pieces)
    connections = service.connections
    assert (await gateway.http.get("/consultants")).content == b"".join(pieces)
    assert service.connections == connections, (
        "its end was seen, so the connection can be used again"
    )


async def test_answer_without_a_length_ends_with_its_connection(
    gateway: GatewayHarness, service: Service
) -> None:
    async def until_closed(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000)
        await writer.drain()
        writer.close()

    service.answer = until_closed
    assert len((await gateway.http.get("/consultants")).content) == 100_000


async def test_service_waits_for_a_client_that_reads_slowly(
    gateway: GatewayHarness, service: Service
) -> None:
    """64 MiB are not gathered in the gateway's memory: the service cannot write on while nobody
    reads.
    """
    total, written = 64 << 20, 0

    async def much(_: ReceivedRequest, writer: Writer) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % total)
        while written < total:
            writer.write(b"x" * 65536)
            await writer.drain()
            written += 65536

    service.answer = much
    async with gateway.http.stream("GET", "/consultants") as response:
        reader = response.aiter_raw()
        got = len(await anext(reader))
        before = -1
        while written != before:  # until nothing moves any more
            before = written
            await asyncio.sleep(0.3)
        assert written < total // 2
        async for part in reader:
            got += len(part)
    assert got == total


async def test_large_upload_reaches_the_service_before_its_end(
    gateway: GatewayHarness, service: Service
) -> None:
    async def pieces() -> Any:
        yield b"x" * 100_000
        await eventually(lambda: _heard(service))
        yield b"y" * 50_000

    response = await gateway.http.post("/users/login", headers=JSON, content=pieces())
    assert response.status_code == 200
    assert service.received[0].body == b"x" * 100_000 + b"y" * 50_000
    assert service.received[0].header("transfer-encoding") == "chunked"


async def test_small_chunked_upload_is_sent_on_with_its_length(
    gateway: GatewayHarness, service: Service
) -> None:
    async def pieces() -> Any:
        yield b'{"a":'
        yield b"1}"

    await gateway.http.post("/users/login", headers=JSON, content=pieces())
    assert (service.received[0].body, service.received[0].header("content-length")) == (
        b'{"a":1}',
        "7",
    )


async def test_service_may_answer_before_it_has_heard_all(
    gateway: GatewayHarness, service: Service
) -> None:
    service.read_body = False

    async def refuse(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(reply(409, b'{"code":"early"}', kind="application/problem+json"))
        await writer.drain()
        await asyncio.Event().wait()

    async def pieces() -> Any:
        yield b"x" * 70_000
        await asyncio.sleep(0.5)
        yield b"x"

    service.answer = refuse
    response = await gateway.http.post("/users/login", headers=JSON, content=pieces())
    assert (response.status_code, response.json()) == (409, {"code": "early"})


async def _heard(service: Service) -> bool:
    return bool(service.received)


# ---- a service that is away, slow or broken


async def test_service_that_is_down_is_503_at_once_and_others_go_on(
    open_gateway: Any, service: Service
) -> None:
    gateway: GatewayHarness = await open_gateway(directory_url="http://127.0.0.1:1")
    for _ in range(3):
        began = time.monotonic()
        response = await gateway.http.get("/consultants")
        assert_problem(response, 503, "service_unavailable")
        assert int(response.headers["retry-after"]) >= 1
        assert time.monotonic() - began < 2
        assert (await gateway.http.get("/users/me", headers=gateway.token())).status_code == 200


async def test_service_that_does_not_take_connections_is_503_within_two_seconds(
    open_gateway: Any,
) -> None:
    # TEST-NET-1 (RFC 5737): nobody answers there, not even with a refusal.
    gateway: GatewayHarness = await open_gateway(directory_url="http://192.0.2.1:9")
    began = time.monotonic()
    assert_problem(await gateway.http.get("/consultants"), 503, "service_unavailable")
    assert time.monotonic() - began < 2
    began = time.monotonic()
    assert_problem(await gateway.http.get("/consultants"), 503, "service_unavailable")
    assert time.monotonic() - began < 0.5, "while it rests, nobody waits for it"


async def test_service_that_comes_back_is_found(gateway: GatewayHarness, service: Service) -> None:
    assert (await gateway.http.get("/consultants")).status_code == 200
    await service.kill()
    assert_problem(await gateway.http.get("/consultants"), 503, "service_unavailable")
    await service.start()

    async def is_back() -> bool:
        return (await gateway.http.get("/consultants")).status_code == 200

    await eventually(is_back, within=2)


async def test_restart_between_two_requests_costs_nothing(
    gateway: GatewayHarness, service: Service
) -> None:
    login = {"headers": JSON, "content": b"{}"}
    assert (await gateway.http.post("/users/login", **login)).status_code == 200
    await service.kill()
    await service.start()
    assert (await gateway.http.post("/users/login", **login)).status_code == 200


async def test_read_on_a_connection_that_just_closed_is_tried_again(
    gateway: GatewayHarness, service: Service
) -> None:
    calls = 0

    async def hang_up_the_second_time(_: ReceivedRequest, writer: Writer) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            writer.transport.abort()
        else:
            writer.write(reply(200, HELLO))

    service.answer = hang_up_the_second_time
    statuses = [(await gateway.http.get("/consultants")).status_code for _ in range(2)]
    assert (statuses, calls) == ([200, 200], 3)


async def test_write_whose_fate_is_unknown_is_not_sent_twice(
    gateway: GatewayHarness, service: Service
) -> None:
    calls = 0

    async def hang_up_the_second_time(_: ReceivedRequest, writer: Writer) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            writer.transport.abort()
        else:
            writer.write(reply(200, HELLO))

    service.answer = hang_up_the_second_time
    for status in (200, 503):
        response = await gateway.http.post("/users/login", headers=JSON, content=b"{}")
        assert response.status_code == status
    assert calls == 2


async def test_service_that_does_not_answer_in_time_is_504(
    gateway: GatewayHarness, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(proxy, "WATCH_AFTER_SECONDS", 0.05)

    async def never(_: ReceivedRequest, writer: Writer) -> None:
        await asyncio.Event().wait()

    service.answer = never
    assert_problem(await gateway.http.get("/consultants"), 504, "upstream_timeout")
    began = time.monotonic()
    response = await gateway.http.post("/users/login", headers=JSON, content=b"{}")
    assert_problem(response, 504, "upstream_timeout")
    assert time.monotonic() - began < 1.0, "nothing is left to be discarded"


@pytest.mark.parametrize(
    ("given", "status"), [(500, 500), (502, 500), (503, 503), (404, 404), (431, 431)]
)
async def test_error_that_is_no_problem_is_not_shown(
    gateway: GatewayHarness, service: Service, given: int, status: int
) -> None:
    async def blunt(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(reply(given, b"Traceback: psycopg at db.internal:5432", kind="text/plain"))

    service.answer = blunt
    response = await gateway.http.get("/consultants")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert "internal:" not in response.text


async def test_problem_of_a_service_is_passed_on(gateway: GatewayHarness, service: Service) -> None:
    text = b'{"code":"slot_unavailable","status":409}'

    async def polite(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(reply(409, text, kind="application/problem+json"))

    service.answer = polite
    response = await gateway.http.get("/consultants")
    assert (response.status_code, response.content) == (409, text)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 70_000,
    ],
)
async def test_service_that_talks_nonsense_is_503(
    gateway: GatewayHarness, service: Service, nonsense: bytes
) -> None:
    async def babble(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(nonsense)

    service.answer = babble
    assert_problem(await gateway.http.get("/consultants"), 503, "service_unavailable")


async def test_answer_that_breaks_off_is_not_taken_for_whole(
    gateway: GatewayHarness, service: Service
) -> None:
    async def half(received: ReceivedRequest, writer: Writer) -> None:
        if received.target.endswith("chunked"):
            writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()

    service.answer = half
    for path in ("/consultants?length", "/consultants?chunked"):
        with pytest.raises(httpx.RemoteProtocolError):
            await gateway.http.get(path)


async def test_service_can_hold_only_so_many_requests(
    gateway: GatewayHarness, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.gateway.upstreams["directory"], "_most_at_once", 3)
    done = asyncio.Event()

    async def wait(_: ReceivedRequest, writer: Writer) -> None:
        await done.wait()
        writer.write(reply(200, HELLO))

    service.answer = wait
    waiting = [asyncio.create_task(gateway.http.get("/consultants")) for _ in range(3)]

    async def all_there() -> bool:
        return len(service.received) == 3

    await eventually(all_there)
    assert_problem(await gateway.http.get("/consultants"), 503, "service_unavailable")
    done.set()
    assert [(await task).status_code for task in waiting] == [200] * 3
    assert (await gateway.http.get("/consultants")).status_code == 200


# ---- answers without an end


async def test_stream_is_passed_on_as_it_comes_and_ends_with_its_client(
    gateway: GatewayHarness, service: Service
) -> None:
    more, ended = asyncio.Event(), asyncio.Event()

    async def stream(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            b"7\r\nid: 1\n\n\r\n"
        )
        await writer.drain()
        await more.wait()
        writer.write(b"7\r\nid: 2\n\n\r\n")
        await writer.drain()
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"2\r\n:\n\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)
        ended.set()

    service.answer = stream
    headers = {**gateway.token(), "last-event-id": "41"}
    async with gateway.http.stream("GET", "/events", headers=headers) as response:
        assert response.headers["content-type"] == "text/event-stream"
        parts = response.aiter_raw()
        assert await anext(parts) == b"id: 1\n\n"
        more.set()
        assert (await anext(parts)).startswith(b"id: 2\n\n")
        assert service.received[0].header("last-event-id") == "41"
    await asyncio.wait_for(ended.wait(), 20)


async def test_stream_ends_in_good_order_when_the_gateway_leaves(
    gateway: GatewayHarness, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving = Draining()
    monkeypatch.setattr("gateway.proxy.draining", leaving)

    async def stream(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            b"7\r\nid: 1\n\n\r\n"
        )
        await writer.drain()
        await asyncio.Event().wait()

    service.answer = stream
    async with gateway.http.stream("GET", "/events", headers=gateway.token()) as response:
        parts = response.aiter_raw()
        assert await anext(parts) == b"id: 1\n\n"
        leaving.begin()
        assert [part async for part in parts] == []  # the end of the body, no broken connection


# ---- what a body may be


async def test_picture_may_be_larger_than_other_bodies_and_must_be_one(
    gateway: GatewayHarness, service: Service
) -> None:
    headers = gateway.token("consultant")

    async def put(kind: str, size: int) -> httpx.Response:
        return await gateway.http.put(
            "/consultants/me/photo", content=bytes(size), headers={**headers, "content-type": kind}
        )

    assert (await put("image/png", (2 << 20))).status_code == 200
    assert len(service.received[0].body) == 2 << 20
    assert_problem(await put("image/png", (2 << 20) + 1), 413, "content_too_large")
    assert_problem(await put("image/svg+xml", 100), 415, "unsupported_media_type")
    assert_problem(await put("application/json", 100), 415, "unsupported_media_type")


@pytest.mark.parametrize("body", [b"", b"{}", b" {} \n"])
async def test_command_that_takes_nothing_takes_an_empty_body(
    gateway: GatewayHarness, body: bytes
) -> None:
    path = f"/bookings/{new_id()}/start"
    headers = {**gateway.token(), "content-type": "application/json"}
    assert (await gateway.http.post(path, content=body, headers=headers)).status_code == 200


@pytest.mark.parametrize("body", [b'{"a":1}', b"[]", b"null", b"{", b"{}{}", b"x" * 70_000])
async def test_command_that_takes_nothing_refuses_anything_else(
    gateway: GatewayHarness, service: Service, body: bytes
) -> None:
    path = f"/bookings/{new_id()}/start"
    headers = {**gateway.token(), "content-type": "application/json"}
    answer = await gateway.http.post(path, content=body, headers=headers)
    assert_problem(answer, 400, "validation_failed")
    assert answer.json()["errors"][0]["field"] == "body"
    assert not service.received


@pytest.mark.parametrize("encoding", ["gzip", "br", "x", "gzip, identity"])
async def test_compressed_body_is_refused(gateway: GatewayHarness, encoding: str) -> None:
    answer = await gateway.http.post(
        "/users/login", content=b"{}",
        headers={"content-type": "application/json", "content-encoding": encoding},
    )  # fmt: skip
    assert_problem(answer, 415, "unsupported_media_type")


async def test_body_that_is_announced_too_large_is_refused_before_a_byte_of_it(
    gateway: GatewayHarness,
) -> None:
    head = (
        b"POST /users/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"content-length: 2000000\r\nexpect: 100-continue\r\n\r\n"
    )
    started = asyncio.get_running_loop().time()
    answer = await gateway.raw(head)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in answer
    assert asyncio.get_running_loop().time() - started < 1


async def test_fault_of_ours_is_a_plain_500(
    gateway: GatewayHarness, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise KeyError("secret-host")

    monkeypatch.setattr(upstream.Upstream, "acquire", broken)
    response = await gateway.http.get("/consultants")
    assert_problem(response, 500, "internal_error")
    assert "secret-host" not in response.text


# ---- a client that goes or dawdles


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_client_that_goes_ends_the_call_to_the_service(
    gateway: GatewayHarness, service: Service, method: str
) -> None:
    async def never(_: ReceivedRequest, writer: Writer) -> None:
        await asyncio.Event().wait()

    service.answer = never
    path, headers = ("/consultants", {}) if method == "GET" else ("/users/login", JSON)
    content = b"{}" if method == "POST" else None
    with pytest.raises(httpx.ReadTimeout):
        await gateway.http.request(method, path, headers=headers, content=content, timeout=0.5)

    async def ended() -> bool:
        return all(u._in_use == 0 for u in gateway.gateway.upstreams.values())

    await eventually(ended, within=5)


async def test_client_that_goes_while_it_is_read_to_ends_the_call(
    gateway: GatewayHarness, service: Service
) -> None:
    async def for_ever(_: ReceivedRequest, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"4\r\ntick\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    service.answer = for_ever
    async with gateway.http.stream("GET", "/consultants") as response:
        await anext(response.aiter_raw())
    await asyncio.wait_for(service.gone.wait(), 5)


async def test_upload_that_does_not_come_in_time_is_408(
    gateway: GatewayHarness, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "UPLOAD_SECONDS", 0.3)
    monkeypatch.setattr("gateway.uploads.DISCARD_SECONDS", 0.1)
    head = b"POST /users/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    small = await gateway.raw(head + b"Content-Length: 10\r\n\r\n{")
    assert small.startswith(b"HTTP/1.1 408 ")
    assert service.received == []
    large = await gateway.raw(head + b"Content-Length: 200000\r\n\r\n" + b"x" * 100_000)
    assert large.startswith(b"HTTP/1.1 408 ")
    assert b"request_timeout" in large


async def test_client_that_goes_in_the_middle_of_its_upload_ends_the_call(
    gateway: GatewayHarness, service: Service
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(b"POST /users/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
    writer.write(b"Content-Length: 200000\r\n\r\n" + b"x" * 100_000)
    await writer.drain()
    await eventually(lambda: _heard(service))
    writer.transport.abort()
    await asyncio.wait_for(service.gone.wait(), 5)


# ---- connections


async def test_connections_are_kept_and_old_ones_are_not_used(
    gateway: GatewayHarness, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        await gateway.http.get("/users/me", headers=gateway.token())
    kept = service.connections
    monkeypatch.setattr(upstream, "IDLE_SECONDS", -1.0)
    await gateway.http.get("/users/me", headers=gateway.token())
    assert service.connections == kept + 1


async def test_many_at_once_get_their_own_answers(
    gateway: GatewayHarness, service: Service
) -> None:
    async def echo(received: ReceivedRequest, writer: Writer) -> None:
        await asyncio.sleep(int(received.target[-2:]) % 7 / 100)
        writer.write(reply(200, received.target.encode()))

    service.answer = echo
    targets = [f"/consultants?search={n:03}" for n in range(200)]
    answers = await asyncio.gather(*(gateway.http.get(target) for target in targets))
    assert [answer.text for answer in answers] == targets


async def test_body_of_a_get_is_not_passed_on(gateway: GatewayHarness, service: Service) -> None:
    response = await gateway.http.request(
        "GET", f"/bookings/{new_id()}", headers=gateway.token(), content=b"x" * 10
    )
    assert response.status_code == 200
    assert service.received[0].header("content-length") is None
