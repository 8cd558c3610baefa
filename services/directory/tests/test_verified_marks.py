"""Consultants with a verified address and an active payout account are marked as verified."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from services.directory.tests.conftest import listed, profile_body, publish
from services.directory.tests.test_verified_addresses import account
from shared.auth import User
from shared.events import PayoutAccountChanged
from shared.testing import ServiceHarness


def payout_account(user: User, state: str) -> PayoutAccountChanged:
    return PayoutAccountChanged(user_id=user.id, state=state)


async def is_marked(directory: ServiceHarness, user: User) -> bool:
    """The mark, which is the same on the page, in lists, in searches and among favourites."""
    seeker = directory.user("seeker")
    await directory.put(f"/consultants/{user.id}/favourite", user=seeker)
    favourites = await directory.get("/consultants/me/favourites", user=seeker)
    marks = [
        (await directory.get(f"/consultants/{user.id}/profile")).json()["verified"],
        favourites.json()["items"][0]["verified"],
    ]
    for params in ({}, {"search": "beekeeper"}, {"search": "be"}, {"search": "beekeper"}):
        marks += [card["verified"] for card in await listed(directory, **params)]
    assert len(set(marks)) == 1, marks
    assert isinstance(marks[0], bool)
    return marks[0]


async def test_verified_takes_both_an_address_and_an_account(directory: ServiceHarness) -> None:
    user = await publish(directory)
    assert not await is_marked(directory, user)
    await directory.deliver(account(user, verified=True))
    assert not await is_marked(directory, user)
    await directory.deliver(payout_account(user, "active"))
    assert await is_marked(directory, user)
    await directory.deliver(account(user, verified=False))
    assert not await is_marked(directory, user)


@pytest.mark.parametrize("state", ["pending", "restricted", "rejected"])
async def test_account_that_cannot_receive_takes_the_mark_away(
    directory: ServiceHarness, state: str
) -> None:
    user = await publish(directory)
    await directory.deliver(account(user, verified=True))
    await directory.deliver(payout_account(user, "active"), sequence=2)
    await directory.deliver(payout_account(user, state), sequence=3)
    shown = (await directory.get(f"/consultants/{user.id}/profile")).json()
    assert shown["verified"] is False


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_newest_state_of_the_account_wins_in_any_order(
    directory: ServiceHarness, order: tuple[int, ...]
) -> None:
    user = await publish(directory)
    await directory.deliver(account(user, verified=True))
    states = ("pending", "restricted", "active")
    for index in order:
        await directory.deliver(payout_account(user, states[index]), sequence=index + 1)
    assert await is_marked(directory, user)


async def test_rejection_that_comes_late_still_unlists(directory: ServiceHarness) -> None:
    user = await publish(directory)
    await directory.deliver(account(user, verified=True))
    await directory.deliver(payout_account(user, "active"), sequence=2)
    await directory.deliver(payout_account(user, "rejected"), sequence=1)
    assert await listed(directory) == []
    shown = (await directory.get(f"/consultants/{user.id}/profile")).json()
    assert shown["verified"] is False


async def test_facts_before_the_profile_make_the_mark_too(directory: ServiceHarness) -> None:
    user = directory.user("consultant")
    await directory.deliver(payout_account(user, "active"))
    await directory.deliver(account(user, verified=True))
    saved: dict[str, Any] = (
        await directory.put("/consultants/me/profile", user=user, json=profile_body())
    ).json()
    assert saved["verified"] is True
