"""What other services have lost is published again, and what directory has lost is restored."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from services.directory import announce_profiles
from services.directory.commands import announcements
from services.directory.tests.conftest import publish, rated
from services.directory.tests.test_reactions import profile_of
from shared.events import ProfileUpdated, RatingReplied
from shared.testing import ServiceHarness


async def test_every_profile_is_announced_as_it_is(
    directory: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "ANNOUNCED_AT_ONCE", 2)
    users = [await publish(directory, hourly_rate=9_000 + number) for number in range(3)]
    await directory.sql("delete from outbox")
    for _ in range(2):
        assert await announce_profiles.announce(directory.service.settings) == 3
    events = await directory.emitted(ProfileUpdated)
    prices = {(user.id, 9_000 + number, "usd") for number, user in enumerate(users)}
    assert {(one.consultant_id, one.hourly_rate, one.currency) for one in events} == prices
    assert len(events) == 6


async def test_lost_rating_is_restored_once_by_what_is_published_again(
    directory: ServiceHarness,
) -> None:
    user = await publish(directory)
    known, lost = rated(user.id, 5), rated(user.id, 2)
    await directory.deliver(known)
    replied = RatingReplied(
        booking_id=lost.booking_id,
        consultant_id=user.id,
        seeker_id=lost.seeker_id,
        body="Thank you.",
        replied_at=lost.rated_at,
        republished=True,
    )
    shown: list[Any] = []
    for _ in range(2):
        for one in (known, lost):
            await directory.deliver(msgspec.structs.replace(one, republished=True))
        await directory.deliver(replied)
        profile = await profile_of(directory, user)
        assert (profile["average_rating"], profile["rating_count"]) == (3.5, 2)
        shown.append((await directory.get(f"/consultants/{user.id}/ratings")).json()["items"])
    assert shown[0] == shown[1]
    assert [one["reply"] is not None for one in shown[0] if one["score"] == 2] == [True]
