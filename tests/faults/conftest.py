"""The world of a stack that has recovered from what the test before did to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.testing import eventually
from tests.people import World
from tests.stack import Stack


@pytest.fixture
async def world(stack: Stack) -> AsyncIterator[World]:
    """The stack from outside, once every program has all its dependencies. That it answers is not
    enough: without the broker a service does, and people whom it has just heard of are unknown to
    the others.
    """
    told = stack.told
    made = World(told["gateway"], told["stripe_sandbox"], told["stripe_secret_key"])
    await eventually(made.is_ready, within=90)
    await eventually(stack.is_whole, within=90)
    yield made
    await made.close()
