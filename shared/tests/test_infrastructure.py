"""The choice of servers for a test run: containers only if an engine already has both images, or if
they are requested.
"""

from collections.abc import Iterator

import pytest

from shared.testing import servers


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The images of the engine, in an environment with docker and without TEST_INFRA."""
    images: set[str] = set()
    monkeypatch.delenv("TEST_INFRA", raising=False)
    monkeypatch.setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(servers, "_is_present", lambda image: image in images)
    servers.uses_containers.cache_clear()
    yield images
    servers.uses_containers.cache_clear()


def test_containers_are_found_when_both_images_are_there(here: set[str]) -> None:
    here.update(servers.CONTAINER_IMAGES.values())
    assert servers.uses_containers()


def test_one_image_alone_leaves_the_embedded_servers(here: set[str]) -> None:
    here.add("postgres:18")
    assert not servers.uses_containers()


def test_embedded_is_obeyed_whatever_is_there(
    here: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here.update(servers.CONTAINER_IMAGES.values())
    monkeypatch.setenv("TEST_INFRA", "embedded")
    assert not servers.uses_containers()


@pytest.mark.parametrize(
    ("wanted", "words"), [("containers", "rabbitmq:4-management"), ("podman", "embedded")]
)
def test_what_cannot_be_had_is_said(
    here: set[str], monkeypatch: pytest.MonkeyPatch, wanted: str, words: str
) -> None:
    here.add("postgres:18")
    monkeypatch.setenv("TEST_INFRA", wanted)
    with pytest.raises(pytest.UsageError, match=words):
        servers.uses_containers()
