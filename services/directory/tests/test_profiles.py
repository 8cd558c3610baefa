"""Saving and reading a profile."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.directory.tests.conftest import (
    assert_index_is_right,
    found,
    listed,
    problem_fields,
    profile_body,
    publish,
)
from shared import clock
from shared.events import AvailabilityChanged, Interval, ProfileUpdated
from shared.ids import new_id
from shared.testing import ServiceHarness

FIELDS = {
    *(
        "consultant_id",
        "first_name",
        "last_name",
        "headline",
        "bio",
        "expertise_tags",
        "languages",
        "hourly_rate",
    ),
    *(
        "currency",
        "average_rating",
        "rating_count",
        "next_available_at",
        "photo_url",
        "verified",
        "created_at",
        "updated_at",
    ),
}


async def test_saved_profile_is_public_and_published(directory: ServiceHarness) -> None:
    user = directory.user("consultant")
    saved = await directory.put("/consultants/me/profile", user=user, json=profile_body())
    assert saved.status_code == 200
    shown = await directory.get(f"/consultants/{user.id}/profile")
    assert shown.status_code == 200
    assert shown.json() == saved.json()
    assert set(saved.json()) == FIELDS
    assert saved.json() | profile_body() == saved.json()
    assert saved.json()["consultant_id"] == str(user.id)
    assert (saved.json()["first_name"], saved.json()["last_name"]) == ("Ada", "Byron")
    assert (saved.json()["average_rating"], saved.json()["rating_count"]) == (None, 0)
    assert saved.json()["created_at"].endswith("Z")
    emitted = ProfileUpdated(consultant_id=user.id, hourly_rate=9000, currency="usd")
    assert await directory.emitted(ProfileUpdated) == [emitted]


async def test_card_is_the_profile_without_bio(directory: ServiceHarness) -> None:
    user = await publish(directory)
    profile = (await directory.get(f"/consultants/{user.id}/profile")).json()
    (card,) = await listed(directory)
    assert card == {name: value for name, value in profile.items() if name != "bio"}


async def test_saving_again_replaces_everything_but_the_beginning(
    directory: ServiceHarness,
) -> None:
    user = directory.user("consultant")
    first = (await directory.put("/consultants/me/profile", user=user, json=profile_body())).json()
    new = {
        "headline": "Sailor",
        "bio": "",
        "expertise_tags": [],
        "hourly_rate": 100_000_000,
        "currency": "jpy",
    }
    with clock.shifted(timedelta(hours=1)):
        second = (await directory.put("/consultants/me/profile", user=user, json=new)).json()
    assert second | new | {"languages": []} == second
    assert second["created_at"] == first["created_at"] < second["updated_at"]
    assert await found(directory, "beekeeping") == []
    assert await found(directory, "sailor") == ["Sailor"]
    assert [event.currency for event in await directory.emitted(ProfileUpdated)] == ["usd", "jpy"]
    await assert_index_is_right(directory)


async def test_text_is_trimmed_tags_are_each_kept_once_and_html_stays_text(
    directory: ServiceHarness,
) -> None:
    user = await publish(
        directory,
        headline="  <script>alert(1)</script> ",
        bio="<b>bold</b> & 'quoted' \\ %",
        expertise_tags=[" Rust ", "RUST", "Café", "cafe", "C++"],
        languages=["en", "pt-BR", "en"],
    )
    profile = (await directory.get(f"/consultants/{user.id}/profile")).json()
    assert profile["headline"] == "<script>alert(1)</script>"
    assert profile["bio"] == "<b>bold</b> & 'quoted' \\ %"
    assert profile["expertise_tags"] == ["Rust", "Café", "C++"]
    assert profile["languages"] == ["en", "pt-BR"]


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("headline", "", "headline"),
        ("headline", " \n ", "headline"),
        ("headline", "x" * 201, "headline"),
        ("headline", "a\0b", "headline"),
        ("headline", None, "headline"),
        ("bio", "x" * 5001, "bio"),
        ("bio", 7, "bio"),
        ("expertise_tags", ["x"] * 21, "expertise_tags"),
        ("expertise_tags", ["ok", ""], "expertise_tags[1]"),
        ("expertise_tags", ["ok", " "], "expertise_tags[1]"),
        ("expertise_tags", ["x" * 51], "expertise_tags[0]"),
        ("expertise_tags", "rust", "expertise_tags"),
        ("languages", ["english"], "languages[0]"),
        ("languages", ["EN"], "languages[0]"),
        ("languages", None, "languages"),
        ("hourly_rate", 0, "hourly_rate"),
        ("hourly_rate", -5, "hourly_rate"),
        ("hourly_rate", 100_000_001, "hourly_rate"),
        ("hourly_rate", 10**30, "hourly_rate"),
        ("hourly_rate", "100", "hourly_rate"),
        ("hourly_rate", 99.5, "hourly_rate"),
        ("hourly_rate", True, "hourly_rate"),
        ("currency", "USD", "currency"),
        ("currency", "xxx", "currency"),
        ("rating", 5, "rating"),
    ],
)
async def test_bad_field_is_named(
    directory: ServiceHarness, field: str, value: Any, named: str
) -> None:
    answer = await directory.put(
        "/consultants/me/profile",
        user=directory.user("consultant"),
        json=profile_body(**{field: value}),
    )
    assert problem_fields(answer) == [named]


async def test_all_bad_fields_are_named_at_once(directory: ServiceHarness) -> None:
    body = {
        "headline": " ",
        "expertise_tags": ["", "x" * 51],
        "hourly_rate": 0,
        "currency": "USD",
        "more": 1,
    }
    answer = await directory.put(
        "/consultants/me/profile", user=directory.user("consultant"), json=body
    )
    assert set(problem_fields(answer)) == {
        *(
            "headline",
            "bio",
            "expertise_tags[0]",
            "expertise_tags[1]",
            "hourly_rate",
            "currency",
            "more",
        )
    }


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"headline": "\\ud800"}', b"\xff", b"null"])
async def test_body_that_is_no_profile_is_400(directory: ServiceHarness, body: bytes) -> None:
    answer = await directory.put(
        "/consultants/me/profile",
        user=directory.user("consultant"),
        content=body,
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_failed"


async def test_only_consultants_save_profiles(directory: ServiceHarness) -> None:
    anonymous = await directory.put("/consultants/me/profile", json=profile_body())
    seeker = await directory.put(
        "/consultants/me/profile", user=directory.user("seeker"), json=profile_body()
    )
    assert (anonymous.status_code, anonymous.json()["code"]) == (401, "unauthenticated")
    assert (seeker.status_code, seeker.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("path", ["profile", "ratings"])
@pytest.mark.parametrize("id", [str(new_id()), "Me", "1", "00000000-0000-0000-0000-00000000000g"])
async def test_unknown_consultant_is_404(directory: ServiceHarness, id: str, path: str) -> None:
    answer = await directory.get(f"/consultants/{id}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("notice", [0, 90, 24 * 60])
async def test_next_free_time_can_always_be_requested_without_a_further_event(
    directory: ServiceHarness, notice: int
) -> None:
    """It has not begun, and is not nearer than the minimum notice; nor is a time that is found by
    the filter for free time.
    """
    user = await publish(directory)
    soon = clock.now().replace(microsecond=0) + timedelta(hours=1, minutes=notice)
    slots = [
        Interval(soon + timedelta(hours=h), soon + timedelta(hours=h, minutes=30)) for h in (0, 5)
    ]
    changed = AvailabilityChanged(
        consultant_id=user.id,
        next_available_at=soon,
        free=slots,
        minimum_notice_minutes=notice,
    )
    await directory.deliver(changed)

    async def shown() -> list[str | None]:
        profile = await directory.get(f"/consultants/{user.id}/profile")
        (card,) = await listed(directory)
        saved = await directory.put("/consultants/me/profile", user=user, json=profile_body())
        return [answer["next_available_at"] for answer in (profile.json(), card, saved.json())]

    def stamp(slot: Interval) -> str:
        return slot.start_time.isoformat().replace("+00:00", "Z")

    async def found() -> list[bool]:
        periods = ((slot.start_time.isoformat(), slot.end_time.isoformat()) for slot in slots)
        return [
            len(await listed(directory, available_from=start, available_to=end)) == 1
            for start, end in periods
        ]

    assert (await shown(), await found()) == ([stamp(slots[0])] * 3, [True, True])
    with clock.shifted(timedelta(hours=2)):
        assert (await shown(), await found()) == ([stamp(slots[1])] * 3, [False, True])
    with clock.shifted(timedelta(hours=7)):
        assert (await shown(), await found()) == ([None] * 3, [False, False])


async def test_two_first_saves_at_once_leave_one_whole_profile(directory: ServiceHarness) -> None:
    user = directory.user("consultant")
    bodies = [profile_body(headline=f"Headline {n}", expertise_tags=[f"tag{n}"]) for n in range(6)]
    answers = await asyncio.gather(
        *(directory.put("/consultants/me/profile", user=user, json=body) for body in bodies)
    )
    assert [answer.status_code for answer in answers] == [200] * 6
    assert len(await listed(directory)) == 1
    assert len(await directory.emitted(ProfileUpdated)) == 6
    await assert_index_is_right(directory)


async def test_consultants_with_the_same_new_words_do_not_block_each_other(
    directory: ServiceHarness,
) -> None:
    words = [f"word{n}" for n in range(40)]
    bodies = [profile_body(bio=" ".join(words[n:] + words[:n])) for n in range(8)]
    people = [directory.user("consultant") for _ in bodies]
    answers = await asyncio.gather(
        *(
            directory.put("/consultants/me/profile", user=user, json=body)
            for user, body in zip(people, bodies, strict=True)
        )
    )
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len(await found(directory, "word7")) == 8
    await assert_index_is_right(directory)


@pytest.mark.parametrize(
    ("rate", "currency", "sentence"),
    [
        (25, "usd", "The least that can be charged is 0.50 USD."),
        (49, "jpy", "The least that can be charged is 50 JPY."),
        (12_345, "isk", "It must be a multiple of 1 ISK."),
        (5_124, "kwd", "It must be a multiple of 0.010 KWD."),
    ],
)
async def test_price_that_no_card_can_be_charged_is_refused(
    directory: ServiceHarness, rate: int, currency: str, sentence: str
) -> None:
    user = directory.user("consultant")
    body = profile_body(hourly_rate=rate, currency=currency)
    answer = await directory.put("/consultants/me/profile", user=user, json=body)
    assert problem_fields(answer) == ["hourly_rate"]
    assert answer.json()["errors"][0]["message"] == sentence


@pytest.mark.parametrize(("rate", "currency"), [(50, "usd"), (50, "jpy"), (100_000_000, "eur")])
async def test_bounds_of_prices_are_accepted(
    directory: ServiceHarness, rate: int, currency: str
) -> None:
    await publish(directory, hourly_rate=rate, currency=currency)
