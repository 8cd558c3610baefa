"""Whoever reaches a service past the gateway gets no further: each checks the token itself, at
every operation.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.routes import ROUTES, Route
from shared.auth import User
from shared.ids import new_id
from shared.services import SERVICES
from shared.testing import ServiceHarness, token_for

SETTINGS = {
    "identity": {"signing_key_secret": base64.urlsafe_b64encode(bytes(32)).decode()},
    "payments": {
        "stripe_secret_key": "sk_test_x",
        "stripe_publishable_key": "pk_test_x",
        "stripe_webhook_secret": "whsec_for_tests",
        "stripe_api_base": "http://127.0.0.1:1",
    },
}
STRANGER = ec.generate_private_key(ec.SECP256R1())
OTHER = {"seeker": "consultant", "consultant": "seeker"}
Make = Callable[..., Awaitable[ServiceHarness]]


async def guarded(service: ServiceHarness, name: str) -> list[tuple[Route, str]]:
    """The operations that are not for anyone, each at an address."""
    described = (await service.get("/openapi.json")).json()["paths"]
    return [
        (route, re.sub(r"\{\w+\}", str(new_id()), route.path))
        for route in ROUTES
        if route.upstream == name
        and route.who != "anyone"
        and route.method.lower() in described.get(route.path, {})
    ]


def bearer(role: str, **more: Any) -> dict[str, str]:
    return {"authorization": f"Bearer {token_for(User(new_id(), role, 'Ada', 'Byron'), **more)}"}


@pytest.mark.parametrize("service", SERVICES)
async def test_no_operation_is_open_to_whoever_has_no_good_token(
    harness: Make, service: str
) -> None:
    made = await harness(service, **SETTINGS.get(service, {}))
    operations = await guarded(made, service)
    assert operations
    for route, path in operations:
        role = route.who if route.who in OTHER else "seeker"
        for headers in (
            {},
            {"authorization": "Bearer nonsense"},
            {"x-user-id": str(new_id()), "x-role": role},
            bearer(role, key=STRANGER),
            bearer(role, seconds=-3600),
            bearer(role, aud="another"),
        ):
            answer = await made.request(route.method, path, headers=headers)
            assert answer.status_code == 401, f"{route.method} {route.path} with {headers}"
            assert answer.json()["code"] == "unauthenticated"
            assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("service", ["directory", "booking", "payments"])
async def test_no_operation_is_open_to_the_other_role(harness: Make, service: str) -> None:
    made = await harness(service, **SETTINGS.get(service, {}))
    operations = [
        (route, path) for route, path in await guarded(made, service) if route.who in OTHER
    ]
    assert operations
    for route, path in operations:
        answer = await made.request(route.method, path, headers=bearer(OTHER[route.who]), json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (
            f"{route.method} {route.path}"
        )
