"""Identity in a harness, verifying its own tokens."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec
import pytest

from shared.auth import Verifier
from shared.testing import ServiceHarness

SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I="
PASSWORD = "correct horse battery staple"


class Identity(msgspec.Struct):
    """The harness with shortcuts for frequent actions."""

    harness: ServiceHarness

    async def register(self, email: str = "ada@example.org", **more: Any) -> httpx.Response:
        body = {
            "email": email,
            "password": PASSWORD,
            "first_name": "Ada",
            "last_name": "Byron",
            "role": "seeker",
        }
        headers = more.pop("headers", None)
        return await self.harness.post("/users/register", json={**body, **more}, headers=headers)

    async def session(self, email: str = "ada@example.org", **more: Any) -> dict[str, Any]:
        answer = await self.register(email, **more)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def log_in(
        self, email: str = "ada@example.org", password: str = PASSWORD, **more: Any
    ) -> httpx.Response:
        return await self.harness.post(
            "/users/login", json={"email": email, "password": password}, **more
        )

    async def refresh(self, token: str) -> httpx.Response:
        return await self.harness.post("/users/refresh", json={"refresh_token": token})

    async def call(
        self, method: str, path: str, token: str | dict[str, Any], **more: Any
    ) -> httpx.Response:
        """A request with that access token, or that session's."""
        access = token if isinstance(token, str) else token["access_token"]
        headers = {"authorization": f"Bearer {access}", **more.pop("headers", {})}
        return await self.harness.request(method, path, headers=headers, **more)

    async def me(self, token: str | dict[str, Any]) -> httpx.Response:
        return await self.call("GET", "/users/me", token)


def own_verifier(harness: ServiceHarness) -> Verifier:
    """A verifier that reads the service's own keys, as `build` creates it in production."""
    return Verifier("the signing_keys table", fetch=harness.app.state.keyring.as_jwks)


@pytest.fixture
def make_identity(
    harness: Callable[..., Awaitable[ServiceHarness]],
) -> Callable[..., Awaitable[Identity]]:
    async def make(**settings: str) -> Identity:
        made = await harness(
            "identity", **{"signing_key_secret": SECRET, "bcrypt_rounds": "4", **settings}
        )
        made.app.state.verifier = own_verifier(made)
        return Identity(made)

    return make


@pytest.fixture
async def identity(make_identity: Callable[..., Awaitable[Identity]]) -> Identity:
    return await make_identity()
