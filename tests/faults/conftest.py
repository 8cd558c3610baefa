"""A stack that has recovered from the previous test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.testing import eventually
from tests.people import World
from tests.stack import Stack


@pytest.fixture
async def world(stack: Stack) -> AsyncIterator[World]:
    """The stack from outside, once every program has all its dependencies. A response is not
    enough: a service responds without its broker too, and new users would then be unknown to
    the others.
    """
    published = stack.published
    made = World(published["gateway"], published["stripe_sandbox"], published["stripe_secret_key"])
    await eventually(made.is_ready, within=90)
    await eventually(stack.is_whole, within=90)
    yield made
    await made.close()
