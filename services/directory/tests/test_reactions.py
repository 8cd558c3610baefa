"""Reactions to other services' events: delivered once, twice, late, and out of order."""

from datetime import timedelta
from typing import Any

import pytest

from services.directory.tests.conftest import (
    assert_index_is_right,
    found,
    listed,
    profile_body,
    publish,
    rated,
)
from shared import clock
from shared.auth import User
from shared.clock import now
from shared.events import (
    AvailabilityChanged,
    Interval,
    PayoutAccountChanged,
    UserDeactivated,
    UserRegistered,
    UserUpdated,
)
from shared.free_time import encode_slots
from shared.ids import new_id
from shared.testing import ServiceHarness


def named(user: User, first_name: str, kind: Any = UserUpdated, role: str = "consultant") -> Any:
    return kind(
        user_id=user.id,
        role=role,
        first_name=first_name,
        last_name="Byron",
        email="someone@example.org",
    )


async def profile_of(directory: ServiceHarness, user: User) -> dict[str, Any]:
    body: dict[str, Any] = (await directory.get(f"/consultants/{user.id}/profile")).json()
    return body


async def test_new_name_is_shown_and_found(directory: ServiceHarness) -> None:
    user = await publish(directory)
    await directory.deliver(named(user, "Augusta"))
    assert (await profile_of(directory, user))["first_name"] == "Augusta"
    assert len(await found(directory, "augusta")) == 1
    assert await found(directory, "ada") == []
    await assert_index_is_right(directory)


async def test_newer_name_wins_in_any_order_of_arrival(directory: ServiceHarness) -> None:
    user = await publish(directory)
    await directory.deliver(named(user, "Second"), sequence=3)
    await directory.deliver(named(user, "First"), sequence=2)
    await directory.deliver(named(user, "Zeroth", UserRegistered), sequence=1)
    assert (await profile_of(directory, user))["first_name"] == "Second"


async def test_name_of_the_token_counts_only_until_identitys_event_arrives(
    directory: ServiceHarness,
) -> None:
    user = directory.user("consultant", first_name="Old")
    await directory.deliver(named(user, "Told", UserRegistered))
    saved = await directory.put("/consultants/me/profile", user=user, json=profile_body())
    assert saved.json()["first_name"] == "Told"


async def test_registration_alone_makes_no_profile(directory: ServiceHarness) -> None:
    consultant, seeker = directory.user("consultant"), directory.user("seeker")
    await directory.deliver(named(consultant, "Ada", UserRegistered))
    await directory.deliver(named(seeker, "Sam", UserRegistered, role="seeker"))
    await directory.deliver(named(seeker, "Sam", UserDeactivated, role="seeker"))
    assert (await directory.get(f"/consultants/{consultant.id}/profile")).status_code == 404
    assert await listed(directory) == []
    assert len(await directory.sql("select from consultant_profiles")) == 1


async def test_closed_account_is_gone_and_stays_so(directory: ServiceHarness) -> None:
    user = await publish(directory)
    await directory.deliver(rated(user.id, 5))
    await directory.deliver(named(user, "Ada", UserDeactivated))
    await directory.deliver(named(user, "Ada", UserUpdated))
    for path in ("profile", "ratings"):
        assert (await directory.get(f"/consultants/{user.id}/{path}")).status_code == 404
    assert await listed(directory) == []
    assert await found(directory, "beekeeper") == []
    again = await directory.put("/consultants/me/profile", user=user, json=profile_body())
    assert (again.status_code, again.json()["code"]) == (403, "forbidden")
    await assert_index_is_right(directory)


@pytest.mark.parametrize("state", ["pending", "active", "restricted"])
async def test_payout_account_that_may_yet_work_is_listed(
    directory: ServiceHarness, state: str
) -> None:
    user = await publish(directory)
    await directory.deliver(PayoutAccountChanged(user_id=user.id, state=state))
    assert len(await listed(directory)) == 1


async def test_rejected_payout_account_is_listed_never_again(directory: ServiceHarness) -> None:
    user = await publish(directory)
    for state in ("rejected", "rejected", "active"):
        await directory.deliver(PayoutAccountChanged(user_id=user.id, state=state))
    await directory.put(
        "/consultants/me/profile", user=user, json=profile_body(headline="Me again")
    )
    assert await listed(directory) == []
    assert await found(directory, "again") == []
    assert (await profile_of(directory, user))["headline"] == "Me again"
    assert (await directory.get("/internal/consultants")).json() == []
    await assert_index_is_right(directory)


async def test_facts_before_the_profile_are_kept(directory: ServiceHarness) -> None:
    user = directory.user("consultant")
    start = now().replace(microsecond=0) + timedelta(hours=3)
    free = [Interval(start, start + timedelta(hours=1))]
    await directory.deliver(
        AvailabilityChanged(consultant_id=user.id, next_available_at=start, free=free)
    )
    await directory.deliver(rated(user.id, 4))
    await directory.put("/consultants/me/profile", user=user, json=profile_body())
    profile = await profile_of(directory, user)
    assert (profile["average_rating"], profile["rating_count"]) == (4.0, 1)
    assert profile["next_available_at"] == start.isoformat().replace("+00:00", "Z")
    assert len(await listed(directory, available_from=start.isoformat())) == 1


@pytest.mark.parametrize(
    ("scores", "average"),
    [
        ([5], 5.0),
        ([5, 4], 4.5),
        ([5, 5, 4], 4.67),
        ([5, 4, 4], 4.33),
        ([1] * 7 + [2], 1.13),
        ([3, 3, 3], 3.0),
    ],
)
async def test_average_has_two_decimals_rounded_half_up(
    directory: ServiceHarness, scores: list[int], average: float
) -> None:
    user = await publish(directory)
    for score in scores:
        await directory.deliver(rated(user.id, score))
    profile = await profile_of(directory, user)
    assert (profile["average_rating"], profile["rating_count"]) == (average, len(scores))
    assert len(await listed(directory, min_rating=average)) == 1
    assert len(await listed(directory, min_rating=min(5.0, round(average + 0.01, 2)))) == (
        average == 5.0
    )
    await assert_index_is_right(directory)


async def test_repeated_rating_counts_once(directory: ServiceHarness) -> None:
    user = await publish(directory)
    event, event_id = rated(user.id, 2), new_id()
    await directory.deliver(event, event_id)
    await directory.deliver(event, event_id)
    await directory.deliver(event, new_id())
    assert (await profile_of(directory, user))["rating_count"] == 1


async def test_ratings_are_newest_first_page_by_page(directory: ServiceHarness) -> None:
    user, other = await publish(directory), await publish(directory)
    at = now()
    for n in range(7):
        moment = at + timedelta(minutes=n // 2)
        await directory.deliver(rated(user.id, 1 + n % 5, comment=f"no. {n}", rated_at=moment))
    await directory.deliver(rated(other.id, 5, comment="not mine"))
    seen: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(4):
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await directory.get(f"/consultants/{user.id}/ratings", params=params)).json()
        seen, cursor = seen + page["items"], page["next_cursor"]
    assert cursor is None
    assert [r["comment"] for r in seen] == [f"no. {n}" for n in (6, 5, 4, 3, 2, 1, 0)]
    assert set(seen[0]) == {"score", "comment", "seeker_first_name", "created_at", "reply"}
    assert seen[0]["seeker_first_name"] == "Sam"


async def test_one_perfect_score_does_not_beat_a_hundred_good_ones(
    directory: ServiceHarness,
) -> None:
    unrated = await publish(directory, headline="unrated")
    once, often = (
        await publish(directory, headline="once"),
        await publish(directory, headline="often"),
    )
    poor = await publish(directory, headline="poor")
    await directory.deliver(rated(once.id, 5))
    await directory.deliver(rated(poor.id, 1))
    for score in [5] * 18 + [4] * 2:
        await directory.deliver(rated(often.id, score))
    assert [c["headline"] for c in await listed(directory, sort="rating")] == [
        "often",
        "once",
        "poor",
        "unrated",
    ]
    assert [c["headline"] for c in await listed(directory)] == ["often", "once", "unrated", "poor"]
    assert await found(directory, "beekeeping") == ["often", "once", "unrated", "poor"]
    assert (await profile_of(directory, unrated))["average_rating"] is None


async def test_older_availability_is_ignored_and_only_the_difference_is_written(
    directory: ServiceHarness,
) -> None:
    user = await publish(directory)
    start = now().replace(microsecond=0) + timedelta(days=1)
    slots = [
        Interval(start + timedelta(minutes=30 * n), start + timedelta(minutes=30 * n + 30))
        for n in range(500)
    ]

    def changed(free: list[Interval]) -> AvailabilityChanged:
        first = free[0].start_time if free else None
        return AvailabilityChanged(consultant_id=user.id, next_available_at=first, free=free)

    async def rows() -> dict[Any, Any]:
        found = await directory.sql(
            "select start_time, end_time, xmin::text as written from free_slots"
        )
        return {row["start_time"]: (row["end_time"], row["written"]) for row in found}

    await directory.deliver(changed(slots), sequence=1)
    before = await rows()
    assert len(before) == 500
    longer = Interval(slots[9].start_time, slots[9].end_time + timedelta(minutes=5))
    await directory.deliver(changed([*slots[1:9], longer, *slots[10:]]), sequence=3)
    await directory.deliver(changed([]), sequence=2)
    await directory.deliver(changed([]), sequence=3)
    after = await rows()
    assert len(after) == 499
    assert after[longer.start_time][0] == longer.end_time
    untouched = [at for at in after if at != longer.start_time]
    assert all(after[at] == before[at] for at in untouched)
    assert (await profile_of(directory, user))["next_available_at"] == slots[
        1
    ].start_time.isoformat().replace("+00:00", "Z")
    await directory.deliver(changed([]), sequence=4)
    assert await rows() == {}
    assert (await profile_of(directory, user))["next_available_at"] is None


async def test_every_slot_of_much_free_time_can_be_found(directory: ServiceHarness) -> None:
    """More slots than an event carries as instants: consecutive one-hour sessions for weeks."""
    user = await publish(directory)
    hour = timedelta(hours=1)
    start = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    slots = [Interval(start + n * hour, start + (n + 1) * hour) for n in range(2_000)]
    free, further = encode_slots(slots)
    await directory.deliver(
        AvailabilityChanged(
            consultant_id=user.id,
            next_available_at=start,
            free=free,
            further=further,
        )
    )

    async def is_found(begin: timedelta, end: timedelta) -> bool:
        period = {
            "available_from": (start + begin).isoformat(),
            "available_to": (start + end).isoformat(),
        }
        return len(await listed(directory, **period)) == 1

    for n in (0, 700, 1_998):
        assert await is_found(n * hour, (n + 1) * hour)
        assert await is_found((n + 0.5) * hour, (n + 2) * hour)
        # within free time, but no session can begin and end in it
        assert not await is_found((n + 0.5) * hour, (n + 1.5) * hour)
    assert not await is_found(2_000 * hour, 2_010 * hour)
    with clock.shifted(start + 900 * hour - now()):
        profile = await profile_of(directory, user)
        following = start + 901 * hour
        assert profile["next_available_at"] == following.isoformat().replace("+00:00", "Z")
