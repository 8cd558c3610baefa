"""Services by name, started when they are asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from shared.auth import Verifier
from shared.testing import ServiceHarness
from tests.description.services import CONSULTANT, SEEKER, SETTINGS, registered


@pytest.fixture
async def services(
    harness: Callable[..., Awaitable[ServiceHarness]],
) -> Callable[[str], Awaitable[ServiceHarness]]:
    """Services by name, each with a consultant and a seeker who are known to it."""

    async def make(name: str) -> ServiceHarness:
        made = await harness(name, **SETTINGS)
        if name == "identity":
            made.app.state.verifier = Verifier("own keys", fetch=made.app.state.keyring.as_jwks)
        else:
            for user in (SEEKER, CONSULTANT):
                await made.deliver(registered(user))
        return made

    return make
