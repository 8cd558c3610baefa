"""Authentication, roles, methods and origins: which requests pass, and the errors of the others."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.routes import ROUTES
from gateway.tests.assertions import address_of, assert_problem
from gateway.tests.conftest import HELLO, GatewayHarness, Open, Service


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
        ("POST", "/", "GET, HEAD, OPTIONS"),
        ("DELETE", "/terms", "GET, HEAD, OPTIONS"),
        ("PUT", "/experts/ada-1", "GET, HEAD, OPTIONS"),
        ("POST", "/experts/ada-1/share.png", "GET, HEAD, OPTIONS"),
        ("PATCH", "/sitemap.xml", "GET, HEAD, OPTIONS"),
        ("POST", "/robots.txt", "GET, HEAD, OPTIONS"),
    ],
)
async def test_wrong_method_gets_the_allowed_ones(
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
    allowed = listed.headers["access-control-allow-headers"].split(", ")
    assert {"authorization", "if-none-match", "last-event-id"} <= set(allowed)
    for path in ("/consultants", "/config", "/openapi.json"):
        called = await gateway.http.get(path, headers={"origin": "https://app.example"})
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
