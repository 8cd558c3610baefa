"""What a request's body may be, and a client that goes or dawdles with it."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from gateway import request_body, uploads, upstream
from gateway.openapi import DOCUMENT
from gateway.routes import ROUTES
from gateway.tests.assertions import JSON, assert_problem, has_received_a_request
from gateway.tests.conftest import GatewayHarness, ReceivedRequest, Service
from shared.ids import new_id
from shared.testing import eventually

Writer = asyncio.StreamWriter


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
    gateway: GatewayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "DISCARD_SECONDS", 3600.0)
    head = (
        b"POST /users/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"content-length: 2000000\r\nexpect: 100-continue\r\n\r\n"
    )
    answer = await gateway.raw(head)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in answer


async def test_body_that_is_announced_too_large_is_refused_at_once_without_being_asked_for(
    gateway: GatewayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only when the client has sent it, or no longer sends anything."""
    monkeypatch.setattr(uploads, "DISCARD_SECONDS", 3600.0)
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(
        b"POST /users/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"content-length: 2000000\r\n\r\n"
    )
    assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


def test_commands_take_a_body_exactly_where_one_is_described() -> None:
    paths = msgspec.json.decode(DOCUMENT.read_bytes())["paths"]
    for route in ROUTES:
        described = paths[route.path][route.method.lower()]
        takes_one = route.method not in ("GET", "HEAD") and route.body != "none"
        assert ("requestBody" in described) == takes_one, route


async def test_fault_of_ours_is_a_plain_500(
    gateway: GatewayHarness, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise KeyError("secret-host")

    monkeypatch.setattr(upstream.Upstream, "acquire", broken)
    response = await gateway.http.get("/consultants")
    assert_problem(response, 500, "internal_error")
    assert "secret-host" not in response.text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_client_that_goes_ends_the_call_to_the_service(
    gateway: GatewayHarness, service: Service, method: str
) -> None:
    async def never(_: ReceivedRequest, writer: Writer) -> None:
        await asyncio.Event().wait()

    service.answer = never
    path, headers = ("/consultants", {}) if method == "GET" else ("/users/login", JSON)
    content = b"{}" if method == "POST" else None
    patience = httpx.Timeout(20, read=0.5)
    with pytest.raises(httpx.ReadTimeout):
        await gateway.http.request(method, path, headers=headers, content=content, timeout=patience)

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
    monkeypatch.setattr(request_body, "UPLOAD_SECONDS", 0.3)
    monkeypatch.setattr("gateway.uploads.DISCARD_SECONDS", 0.1)
    head = (
        b"POST /users/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\n"
    )
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
    await eventually(lambda: has_received_a_request(service))
    writer.transport.abort()
    await asyncio.wait_for(service.gone.wait(), 5)
