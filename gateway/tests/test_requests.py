"""What the gateway makes of a request: its address, header fields and body."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gateway.tests.assertions import JSON, assert_problem
from gateway.tests.conftest import GatewayHarness, Open, Service
from shared.ids import new_id


@pytest.mark.parametrize(
    ("target", "field"),
    [
        ("/consultants?search=%00", "search"),
        ("/consultants?search=ok&tag=%ff", "tag"),
        ("/consultants?search=%ED%A0%80", "search"),
        ("/consultants?%00=1", "query"),
        ("/consultants%00", "path"),
        ("/consultants/%ff/profile", "path"),
    ],
)
async def test_nul_or_broken_text_in_the_address_is_named(
    gateway: GatewayHarness, service: Service, target: str, field: str
) -> None:
    raw = await gateway.raw(
        f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    )
    body = json.loads(raw.partition(b"\r\n\r\n")[2])
    assert (body["status"], body["code"], body["errors"][0]["field"]) == (
        400,
        "validation_failed",
        field,
    )
    assert service.received == []


async def test_escaped_text_reaches_the_service_as_it_was(
    gateway: GatewayHarness, service: Service
) -> None:
    target = "/consultants?search=J%C3%BCrgen%20%26+co&tag=a%2Fb"
    await gateway.raw(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert service.received[0].target == target


async def test_over_long_address_is_refused(gateway: GatewayHarness) -> None:
    assert_problem(await gateway.http.get("/consultants?search=" + "a" * 8200), 414, "uri_too_long")


async def test_over_long_or_too_many_headers_are_refused(gateway: GatewayHarness) -> None:
    for headers in (
        {"x-long": "a" * 9000},
        {"x-longer": "a" * 60_000},
        {f"x-{n}": "1" for n in range(90)},
    ):
        assert_problem(
            await gateway.http.get("/consultants", headers=headers), 431, "headers_too_large"
        )


async def test_request_id_is_kept_when_it_is_harmless_and_replaced_when_not(
    gateway: GatewayHarness, service: Service
) -> None:
    kept = await gateway.http.get("/consultants", headers={"x-request-id": "my-id:7"})
    assert kept.headers.get_list("x-request-id") == ["my-id:7"]
    assert service.received[0].header("x-request-id") == "my-id:7"
    for bad in ("with space", "ü", "a" * 129, '"quote"'):
        made = await gateway.http.get("/consultants", headers=[(b"x-request-id", bad.encode())])
        assert re.fullmatch(r"[0-9a-f]{32}", made.headers["x-request-id"])
        assert service.received[-1].header("x-request-id") == made.headers["x-request-id"]


async def test_blanks_around_a_header_are_not_part_of_its_value(
    gateway: GatewayHarness, service: Service
) -> None:
    await gateway.raw(
        b"GET /consultants HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"X-Request-ID: \t my-id:7 \t\r\nX-Other:  a b  \r\n\r\n"
    )
    received = service.received[0]
    assert (received.header("x-request-id"), received.header("x-other")) == ("my-id:7", "a b")


async def test_trace_is_continued_or_begun(gateway: GatewayHarness, service: Service) -> None:
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await gateway.http.get("/consultants", headers={"traceparent": given})
    await gateway.http.get("/consultants", headers={"traceparent": "00-nonsense"})
    assert service.received[0].header("traceparent") == given
    assert re.fullmatch(
        r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", service.received[1].header("traceparent") or ""
    )


async def test_client_cannot_say_who_it_is_or_speak_about_our_connection(
    gateway: GatewayHarness, service: Service
) -> None:
    await gateway.http.get(
        "/consultants",
        headers={
            "x-forwarded-for": "6.6.6.6",
            "x-forwarded-proto": "https",
            "x-real-ip": "6.6.6.6",
            "forwarded": "for=6.6.6.6",
            "connection": "keep-alive, x-secret",
            "x-secret": "1",
            "te": "trailers",
            "x-kept": "yes",
        },
    )
    received = service.received[0]
    assert received.header("x-forwarded-for") == "127.0.0.1"
    assert received.header("x-forwarded-proto") == "http"
    assert received.header("x-forwarded-host") == f"127.0.0.1:{gateway.port}"
    assert received.header("x-kept") == "yes"
    for name in ("x-real-ip", "forwarded", "x-secret", "te", "connection"):
        assert received.header(name) is None


async def test_trusted_proxy_says_who_the_client_is(open_gateway: Open, service: Service) -> None:
    gateway = await open_gateway(trusted_proxies="127.0.0.0/8, 10.0.0.1", trusted_proxy_hops=2)
    response = await gateway.http.get(
        "/consultants",
        headers={"x-forwarded-for": "6.6.6.6, 203.0.113.9, 10.0.0.1", "x-forwarded-proto": "https"},
    )
    assert service.received[0].header("x-forwarded-for") == "203.0.113.9"
    assert service.received[0].header("x-forwarded-proto") == "https"
    assert "strict-transport-security" in response.headers


async def test_client_of_the_proxies_network_cannot_choose_its_address(
    open_gateway: Open, service: Service
) -> None:
    gateway = await open_gateway(trusted_proxies="127.0.0.0/8, 10.0.0.0/8")
    for forwarded in ("6.6.6.6, 10.1.2.3", "10.1.2.3"):
        await gateway.http.get("/consultants", headers={"x-forwarded-for": forwarded})
    addresses = [received.header("x-forwarded-for") for received in service.received]
    assert addresses == ["10.1.2.3", "10.1.2.3"]


async def test_body_over_one_mebibyte_is_refused_at_once_by_its_length(
    gateway: GatewayHarness, service: Service
) -> None:
    response = await gateway.http.post(
        "/users/login", headers=JSON, content=b"x" * (1 << 20) + b"x"
    )
    assert_problem(response, 413, "content_too_large")
    assert service.received == []


@pytest.mark.parametrize("chunked", [False, True])
async def test_body_that_is_much_too_large_is_refused_with_a_response(
    gateway: GatewayHarness, chunked: bool
) -> None:
    """Clients that send all of it before they read would otherwise see a broken connection."""

    async def pieces() -> Any:
        for _ in range(20):
            yield bytes(1 << 20)

    content = pieces() if chunked else bytes(20 << 20)
    response = await gateway.http.post("/users/login", headers=JSON, content=content)
    assert_problem(response, 413, "content_too_large")


async def test_body_of_one_mebibyte_is_passed_on(gateway: GatewayHarness, service: Service) -> None:
    response = await gateway.http.post("/users/login", headers=JSON, content=b"x" * (1 << 20))
    assert (response.status_code, len(service.received[0].body)) == (200, 1 << 20)


async def test_chunked_body_over_one_mebibyte_is_refused_as_it_grows(
    gateway: GatewayHarness,
) -> None:
    async def pieces() -> Any:
        for _ in range(20):
            yield b"x" * 65536

    response = await gateway.http.post("/users/login", headers=JSON, content=pieces())
    assert_problem(response, 413, "content_too_large")


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "",
    "application/jsonx",
     "application/json; charset=latin-1", "application/problem+json"],
)  # fmt: skip
async def test_other_media_type_is_refused(
    gateway: GatewayHarness, service: Service, kind: str
) -> None:
    headers = {"content-type": kind} if kind else {}
    response = await gateway.http.post("/users/login", headers=headers, content=b"{}")
    assert_problem(response, 415, "unsupported_media_type")
    assert service.received == []


@pytest.mark.parametrize(
    "kind",
    ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'],
)
async def test_json_is_passed_on_untouched(
    gateway: GatewayHarness, service: Service, kind: str
) -> None:
    text = b'{ "a" : 1,\r\n "b":"\\u00fc" }  '
    response = await gateway.http.post("/users/login", headers={"content-type": kind}, content=text)
    assert response.status_code == 200
    assert (service.received[0].body, service.received[0].header("content-type")) == (text, kind)


async def test_post_without_a_body_needs_no_media_type(
    gateway: GatewayHarness, service: Service
) -> None:
    path = f"/bookings/{new_id()}/accept"
    response = await gateway.http.post(path, headers=gateway.token("consultant"))
    assert response.status_code == 200
    assert service.received[0].header("content-length") == "0"


async def test_stripes_bytes_arrive_as_they_were_signed(
    open_gateway: Open, service: Service
) -> None:
    gateway = await open_gateway(rate_limit_per_minute=1)
    text = bytes(range(256)) * 300
    for _ in range(3):
        headers = {"stripe-signature": "t=1,v1=2", "content-type": "text/odd"}
        response = await gateway.http.post("/webhooks/stripe", headers=headers, content=text)
        assert response.status_code == 200
    assert [received.body for received in service.received] == [text] * 3
    assert service.received[0].header("stripe-signature") == "t=1,v1=2"
