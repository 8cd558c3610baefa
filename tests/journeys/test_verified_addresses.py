"""A marketplace that lists consultants only if their address is verified
(REQUIRE_VERIFIED_EMAIL=1).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.testing import eventually
from tests.mailbox import Mailbox
from tests.people import World
from tests.stack import Stack


@pytest.fixture(scope="module")
def strict_stack(run_directory: Path) -> Iterator[Stack]:
    """A separate stack, because the setting is read at startup."""
    running = Stack(run_directory / "verified", REQUIRE_VERIFIED_EMAIL="1")
    try:
        yield running.up()
    finally:
        running.down()


@pytest.fixture
async def strict_world(strict_stack: Stack) -> AsyncIterator[World]:
    """That stack from outside."""
    published = strict_stack.published
    made = World(published["gateway"], published["stripe_sandbox"], published["stripe_secret_key"])
    yield made
    await made.close()


@pytest.fixture
async def mailbox(strict_stack: Stack) -> AsyncIterator[Mailbox]:
    """The mails of that stack."""
    made = Mailbox(strict_stack.published["mail"])
    yield made
    await made.close()


async def test_a_consultant_is_listed_once_the_address_is_verified(
    strict_world: World, mailbox: Mailbox
) -> None:
    http = strict_world.http
    consultant = await strict_world.consultant(onboarded=False)
    assert (await http.get("/config")).json()["features"]["verified_email_required"] is True
    assert (await http.get(f"/consultants/{consultant.id}/profile")).status_code == 200

    async def listed() -> bool:
        answer = await http.get("/consultants", params={"search": "postgres"})
        return [card["consultant_id"] for card in answer.json()["items"]] == [consultant.id]

    welcome = await mailbox.one(consultant.user["email"], "Welcome")
    assert not await listed()
    assert consultant.id not in (await http.get("/sitemap.xml")).text
    (link,) = [link for link in welcome["links"] if "/verify-email#token=" in link]
    body = {"token": link.partition("#token=")[2]}
    assert (await http.post("/users/verify-email", json=body)).status_code == 204
    await eventually(listed)
