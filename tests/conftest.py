"""One stack for all journeys; tests that break things (faults) start their own."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.people import World
from tests.stack import Stack


@pytest.fixture(scope="session")
def stack(run_directory: Path) -> Iterator[Stack]:
    """A running stack; TEST_STACK=DATA_DIR uses one that is already running, for development."""
    if "TEST_STACK" in os.environ:
        yield Stack(Path(os.environ["TEST_STACK"]))
        return
    running = Stack(run_directory / "stack")
    try:
        yield running.up()
    finally:
        running.down()


@pytest.fixture(scope="session")
async def world(stack: Stack) -> AsyncIterator[World]:
    """The running stack from outside."""
    published = stack.published
    made = World(published["gateway"], published["stripe_sandbox"], published["stripe_secret_key"])
    yield made
    await made.close()
