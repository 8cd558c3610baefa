"""What every answer of the gateway carries, and when there have been too many."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.tests.assertions import assert_problem
from gateway.tests.conftest import HELLO, GatewayHarness, Open, Service, reply


async def test_rate_limited_requests_get_a_retry_after(open_gateway: Open) -> None:
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


@pytest.mark.parametrize("path", ["/openapi.json", "/experts/ada-1"])
async def test_refused_download_names_its_own_limit(open_gateway: Open, path: str) -> None:
    gateway = await open_gateway(rate_limit_per_minute=1)
    plain = {"accept": "text/html", "accept-encoding": "identity"}
    await gateway.http.get(path, headers=plain)
    refused = await gateway.http.get(path, headers=plain)
    assert_problem(refused, 429, "rate_limited")
    assert refused.headers["ratelimit-policy"] == '"downloads";q=1;w=60'
    assert refused.headers["ratelimit"] == f'"downloads";r=0;t={refused.headers["retry-after"]}'


async def test_strangers_share_the_limit_of_their_address(open_gateway: Open) -> None:
    gateway = await open_gateway(rate_limit_per_minute=2)
    statuses = [(await gateway.http.get("/consultants")).status_code for _ in range(2)]
    statuses.append(
        (await gateway.http.get("/users/me", headers={"authorization": "Bearer x"})).status_code
    )
    assert statuses == [200, 200, 429]
    assert (await gateway.http.get("/consultants", headers=gateway.token())).status_code == 200


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
