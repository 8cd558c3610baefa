"""Who gets in, and what those are told who do not."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from gateway.routes import ROUTES
from gateway.tests.conftest import HELLO, GatewayHarness, Open, Service, reply
from shared.ids import new_id

JSON = {"content-type": "application/json"}


def address_of(path: str) -> str:
    return re.sub(r"\{\w+\}", str(new_id()), path)


def assert_problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["request_id"] == response.headers["x-request-id"]
    assert {"type", "title", "detail"} <= body.keys()
    return body


# ---- every row of the table


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r.method} {r.path}")
async def test_route_is_open_to_whom_its_row_says(
    gateway: GatewayHarness, service: Service, route: Any
) -> None:
    path = address_of(route.path)
    status: dict[str, int] = {}
    for who in ("anonymous", "seeker", "consultant"):
        headers = {} if who == "anonymous" else gateway.token(who)
        status[who] = (await gateway.http.request(route.method, path, headers=headers)).status_code
    expected = {
        "anyone": (200, 200, 200),
        "signed_in": (401, 200, 200),
        "seeker": (401, 200, 403),
        "consultant": (401, 403, 200),
    }[route.who]
    assert tuple(status.values()) == expected
    assert {received.target for received in service.received} == {path}


async def test_token_is_passed_on_even_where_none_is_needed(
    gateway: GatewayHarness, service: Service
) -> None:
    token = gateway.token()
    await gateway.http.get("/consultants", headers=token)
    assert service.received[0].header("authorization") == token["authorization"]


async def test_bad_token_does_not_matter_where_none_is_needed(gateway: GatewayHarness) -> None:
    assert (
        await gateway.http.get("/consultants", headers={"authorization": "Bearer x"})
    ).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [{"exp": 1}, {"iss": "somebody"}, {"aud": "another"}, {"sub": "nobody"}],
    ids=["expired", "issuer", "audience", "subject"],
)
async def test_token_that_is_not_good_is_refused(
    gateway: GatewayHarness, service: Service, claims: dict[str, Any]
) -> None:
    response = await gateway.http.get("/users/me", headers=gateway.token(**claims))
    assert_problem(response, 401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"
    assert service.received == []


async def test_unsigned_token_is_refused(gateway: GatewayHarness) -> None:
    token = gateway.token()["authorization"].removeprefix("Bearer ")
    _, claims, _ = token.split(".")
    none = "eyJhbGciOiJub25lIiwia2lkIjoidGVzdC1rZXkifQ"
    for forged in (f"{none}.{claims}.", token[:-4] + "AAAA", "a.b.c", "x" * 5000):
        response = await gateway.http.get(
            "/users/me", headers={"authorization": f"Bearer {forged}"}
        )
        assert_problem(response, 401, "unauthenticated")


# ---- paths and methods


@pytest.mark.parametrize(
    "path",
    [
        "/nothing", "/bookings/", "/bookings/not-an-id", "/bookings/123/accept", "/metrics",
        "/bookings/*",
        "/consultants/00000000-0000-0000-0000-00000000000g/profile", "/users%2Fme",
        "/users/../users/me", "//users/me",
        "/bookings/00000000000000000000000000000000",
    ],
)  # fmt: skip
async def test_unknown_path_is_not_found(
    gateway: GatewayHarness, service: Service, path: str
) -> None:
    raw = await gateway.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert raw.startswith(b"HTTP/1.1 404 ")
    assert b'"code":"not_found"' in raw
    assert service.received == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_unknown_path_is_not_found_by_any_method(
    gateway: GatewayHarness, method: str
) -> None:
    assert_problem(await gateway.http.request(method, "/nothing", content=b"x"), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/bookings", "OPTIONS, POST"),
        ("GET", "/users/login", "OPTIONS, POST"),
        ("POST", "/users/me", "GET, HEAD, OPTIONS, PATCH"),
        ("PUT", "/consultants/me/availability", "GET, HEAD, OPTIONS, POST"),
        ("BREW", "/consultants", "GET, HEAD, OPTIONS"),
        ("POST", "/openapi.json", "GET, HEAD, OPTIONS"),
        ("DELETE", "/health/live", "GET, HEAD, OPTIONS"),
    ],
)
async def test_wrong_method_is_told_the_right_ones(
    gateway: GatewayHarness, method: str, path: str, allow: str
) -> None:
    response = await gateway.http.request(method, path)
    assert_problem(response, 405, "method_not_allowed")
    assert response.headers["allow"] == allow


async def test_options_says_what_is_allowed_and_no_more(gateway: GatewayHarness) -> None:
    headers = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    response = await gateway.http.options("/bookings", headers=headers)
    assert (response.status_code, response.headers["allow"]) == (204, "OPTIONS, POST")
    assert not [name for name in response.headers if name.startswith("access-control")]


async def test_other_origin_may_call_only_when_it_is_listed(open_gateway: Open) -> None:
    gateway = await open_gateway(cors_origins="https://app.example, https://two.example/")
    asked = {"access-control-request-method": "POST"}
    listed = await gateway.http.options(
        "/bookings", headers={"origin": "https://two.example", **asked}
    )
    assert listed.headers["access-control-allow-origin"] == "https://two.example"
    assert listed.headers["access-control-allow-methods"] == "OPTIONS, POST"
    called = await gateway.http.get("/consultants", headers={"origin": "https://app.example"})
    assert called.headers["access-control-allow-origin"] == "https://app.example"
    assert "Origin" in called.headers["vary"]
    other = await gateway.http.options(
        "/bookings", headers={"origin": "https://evil.example", **asked}
    )
    assert "access-control-allow-origin" not in other.headers


async def test_head_is_get_without_the_body(gateway: GatewayHarness, service: Service) -> None:
    response = await gateway.http.head("/consultants")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == str(len(HELLO))
    assert service.received[0].method == "GET"


# ---- addresses and header fields


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
        made = await gateway.http.get("/consultants", headers={"x-request-id": bad.encode()})
        assert re.fullmatch(r"[0-9a-f]{32}", made.headers["x-request-id"])
        assert service.received[-1].header("x-request-id") == made.headers["x-request-id"]


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


# ---- bodies


async def test_body_over_one_mebibyte_is_refused_at_once_by_its_length(
    gateway: GatewayHarness, service: Service
) -> None:
    response = await gateway.http.post(
        "/users/login", headers=JSON, content=b"x" * (1 << 20) + b"x"
    )
    assert_problem(response, 413, "content_too_large")
    assert service.received == []


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


# ---- limits


async def test_too_many_requests_are_told_when_to_come_back(open_gateway: Open) -> None:
    gateway = await open_gateway(rate_limit_per_minute=3)
    token = gateway.token()
    first = [await gateway.http.get("/users/me", headers=token) for _ in range(3)]
    assert [r.headers["ratelimit"] for r in first] == [f'"default";r={n};t=60' for n in (2, 1, 0)]
    refused = await gateway.http.get("/users/me", headers=token)
    assert_problem(refused, 429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 120
    assert refused.headers["ratelimit-policy"] == '"default";q=3;w=60'
    assert refused.headers["ratelimit"] == f'"default";r=0;t={refused.headers["retry-after"]}'
    assert refused.headers["ratelimit-limit"] == "3"
    assert refused.headers["ratelimit-remaining"] == "0"
    assert refused.headers["ratelimit-reset"] == refused.headers["retry-after"]
    other = await gateway.http.get("/users/me", headers=gateway.token())
    assert other.status_code == 200
    health = [await gateway.http.get("/health/live") for _ in range(5)]
    assert {r.status_code for r in health} == {200}


async def test_strangers_share_the_limit_of_their_address(open_gateway: Open) -> None:
    gateway = await open_gateway(rate_limit_per_minute=2)
    statuses = [(await gateway.http.get("/consultants")).status_code for _ in range(2)]
    statuses.append(
        (await gateway.http.get("/users/me", headers={"authorization": "Bearer x"})).status_code
    )
    assert statuses == [200, 200, 429]
    assert (await gateway.http.get("/consultants", headers=gateway.token())).status_code == 200


# ---- every answer


async def test_answers_carry_the_security_fields_and_no_names_of_ours(
    gateway: GatewayHarness, service: Service
) -> None:
    async def leaky(_: Any, writer: Any) -> None:
        writer.write(
            reply(
                200,
                HELLO,
                ("server", "internal-7"),
                ("x-powered-by", "x"),
                ("via", "booking.internal"),
            )
        )

    service.answer = leaky
    for path in ("/consultants", "/nothing", "/health/live", "/asyncapi.json"):
        headers = (await gateway.http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["referrer-policy"]
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["permissions-policy"]
        assert "strict-transport-security" not in headers
        assert headers.get_list("server") == ["consultant-connect"]
        assert "x-powered-by" not in headers
        assert "via" not in headers


async def test_answers_are_not_stored_unless_the_service_says_so(
    gateway: GatewayHarness, service: Service
) -> None:
    assert (await gateway.http.get("/consultants")).headers["cache-control"] == "no-store"

    async def lasting(_: Any, writer: Any) -> None:
        writer.write(reply(200, HELLO, ("cache-control", "public, max-age=300")))

    service.answer = lasting
    kept = await gateway.http.get("/.well-known/jwks.json")
    assert kept.headers.get_list("cache-control") == ["public, max-age=300"]


async def test_cookies_pass_both_ways(gateway: GatewayHarness, service: Service) -> None:
    async def baker(_: Any, writer: Any) -> None:
        writer.write(
            reply(200, HELLO, ("set-cookie", "a=1; HttpOnly"), ("set-cookie", "b=2; Secure"))
        )

    service.answer = baker
    response = await gateway.http.post("/users/refresh", headers={"cookie": "refresh_token=r1"})
    assert response.headers.get_list("set-cookie") == ["a=1; HttpOnly", "b=2; Secure"]
    assert service.received[0].header("cookie") == "refresh_token=r1"
