"""With REQUIRE_VERIFIED_EMAIL, consultants are listed once their address is verified."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.directory.tests.conftest import all_ids, found, listed, publish
from shared.auth import User
from shared.events import UserRegistered, UserUpdated
from shared.testing import ServiceHarness

Harness = Callable[..., Awaitable[ServiceHarness]]
SEARCHES: list[dict[str, Any]] = [
    {},
    {"sort": "newest"},
    {"search": "beekeeper"},
    {"search": "be"},
    {"search": "beekeper"},
    {"search": "beekeeper hives"},
    {"search": "beekeeper", "sort": "rate"},
    {"tag": "beekeeping"},
]


def account(user: User, *, verified: bool, kind: Any = UserUpdated) -> Any:
    """Identity's event about a consultant."""
    return kind(
        user_id=user.id,
        role="consultant",
        first_name="Ada",
        last_name="Byron",
        email="ada@example.org",
        email_verified=verified,
    )


@pytest.mark.parametrize("params", SEARCHES, ids=str)
async def test_unverified_consultants_are_in_no_list(
    harness: Harness, params: dict[str, Any]
) -> None:
    directory = await harness("directory", require_verified_email="1")
    users = [await publish(directory) for _ in range(4)]
    for user in users:
        await directory.deliver(account(user, verified=False, kind=UserRegistered))
    assert await listed(directory, **params) == []
    for user in users[:3]:
        await directory.deliver(account(user, verified=True))
    ids = await all_ids(directory, 2, **params)
    assert sorted(ids) == sorted(str(user.id) for user in users[:3])


async def test_unverified_consultants_keep_their_page_but_are_in_no_sitemap(
    harness: Harness,
) -> None:
    directory = await harness("directory", require_verified_email="1")
    unverified, verified = await publish(directory), await publish(directory)
    await directory.deliver(account(verified, verified=True))
    assert (await directory.get(f"/consultants/{unverified.id}/profile")).status_code == 200
    listed = (await directory.get("/internal/consultants")).json()
    starts = (await directory.get("/internal/consultants/starts", params={"every": 1})).json()
    assert [entry["consultant_id"] for entry in listed] == [str(verified.id)]
    assert starts == [str(verified.id)]


async def test_a_changed_address_counts_as_it_is_now(harness: Harness) -> None:
    directory = await harness("directory", require_verified_email="1")
    user = await publish(directory)
    await directory.deliver(account(user, verified=True), sequence=3)
    await directory.deliver(account(user, verified=False), sequence=2)
    assert len(await found(directory, "beekeeper")) == 1


async def test_without_the_setting_everybody_is_listed(directory: ServiceHarness) -> None:
    user = await publish(directory)
    await directory.deliver(account(user, verified=False))
    assert len(await listed(directory)) == 1
    assert len((await directory.get("/internal/consultants")).json()) == 1
