"""One sandbox for the tests that do not disturb each other, and fresh ones for those that do."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.stripe.tests.stand import Receiver, Stand


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    stand = Stand(tmp_path_factory.mktemp("shared"))
    yield stand
    stand.kill()


@pytest.fixture
def stripe(shared: Stand) -> Stand:
    """The shared sandbox, forgetful of the test before."""
    shared.control("reset")
    return shared


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[..., Stand]]:
    """Starts sandboxes with arguments of their own."""
    made: list[Stand] = []

    def start(*arguments: str) -> Stand:
        made.append(Stand(tmp_path / "data", *arguments))
        return made[-1]

    yield start
    for stand in made:
        stand.kill()
