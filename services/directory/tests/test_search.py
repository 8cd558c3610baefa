"""Search from the user's point of view."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.directory.commands.profiles import reindex_profiles
from services.directory.search.filters import Wanted
from services.directory.tests.conftest import (
    assert_index_is_right,
    found,
    listed,
    problem_fields,
    publish,
)
from shared.paging import encode_cursor
from shared.testing import ServiceHarness


async def test_words_and_beginnings_are_found_in_names_headline_tags_and_bio(
    directory: ServiceHarness,
) -> None:
    await publish(
        directory,
        "Élodie",
        "O'Brien",
        headline="Taxation for start-ups",
        expertise_tags=["Payroll", "C++"],
        bio="Formerly at the Straßenbahn in Łódź.",
    )
    for search in (
        *(
            "elodie",
            "ELOD",
            "brien",
            "o'brien",
            "obrien",
            "taxation",
            "tax",
            "startups",
            "start-ups",
            "payr",
        ),
        *(
            "c++",
            "formerly",
            "form",
            "strassenbahn",
            "Straßen",
            "lodz",
            "łódź",
            "tax elodie lodz",
            "élodie tax",
        ),
    ):
        assert await found(directory, search) == ["Taxation for start-ups"], search
    for search in ("xation", "elodie gardening", "c#", "yroll", "brienne"):
        assert await found(directory, search) == [], search


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "kuberntes",
            "kubernetess",
            "kubernetis",
            "kubenretes",
            "lubernetes",
            "ubernetes",
            "xkubernetes",
        ),
        *("kubernetse", "ukbernetes", "kubernrt", "kubrn", "Kübernetis", "ku8ernetes"),
    ],
)
async def test_one_typing_error_is_tolerated(directory: ServiceHarness, typed: str) -> None:
    await publish(directory, headline="Kubernetes")
    await publish(directory, headline="Gardening")
    assert await found(directory, typed) == ["Kubernetes"]
    assert await found(directory, f"{typed} byron") == ["Kubernetes"]


@pytest.mark.parametrize("typed", ["kubrntes", "kbrnetes", "kubernetesque", "k8s", "ku83rnetes"])
async def test_two_errors_are_not(directory: ServiceHarness, typed: str) -> None:
    await publish(directory, headline="Kubernetes")
    assert await found(directory, typed) == []


async def test_better_fits_come_first(directory: ServiceHarness) -> None:
    plain: dict[str, Any] = {"expertise_tags": [], "bio": ""}
    await publish(directory, headline="fuzzy in bio", expertise_tags=[], bio="Knows terrafrom")
    await publish(directory, **plain | {"headline": "terrafrom fuzzy"})
    await publish(directory, headline="beginning in bio", expertise_tags=[], bio="terraforming")
    await publish(directory, headline="exact in bio", expertise_tags=[], bio="a terraform user")
    await publish(directory, **plain | {"headline": "terraforming beginning"})
    await publish(directory, headline="exact tag", expertise_tags=["Terraform"], bio="")
    await publish(directory, **plain | {"headline": "Terraform exact"})
    await publish(directory, "Terra", "Form", **plain | {"headline": "two words"})
    assert await found(directory, "terraform") == [
        *(
            "Terraform exact",
            "exact tag",
            "terraforming beginning",
            "exact in bio",
            "beginning in bio",
        ),
        *("terrafrom fuzzy", "fuzzy in bio"),
    ]


async def test_guesses_are_left_out_of_other_orders_when_the_word_exists(
    directory: ServiceHarness,
) -> None:
    await publish(directory, headline="Trust law", hourly_rate=100)
    await publish(directory, headline="Rust", hourly_rate=5000)
    assert await found(directory, "rust") == ["Rust", "Trust law"]
    assert await found(directory, "rust", sort="rate") == ["Rust"]
    assert await found(directory, "rsut", sort="rate") == ["Rust"]


@pytest.mark.parametrize("search", ["", "   ", "\t"])
async def test_blank_search_is_no_search(directory: ServiceHarness, search: str) -> None:
    await publish(directory)
    assert len(await listed(directory, search=search)) == 1


@pytest.mark.parametrize(
    "search",
    [
        *(
            "%",
            "_",
            "'",
            '"',
            ":*",
            "!",
            "&",
            "|",
            "\\",
            "\\%",
            "a\\",
            "(",
            ")",
            "a & b",
            "'; drop table postings; --",
        ),
        *(
            "🚀",
            "👩‍👩‍👧",
            "مرحبا",
            "你好",
            "こんにちは",
            "한국어",
            "%%%%",
            "____",
            "a_b",
            "<->",
            "<script>",
            "$1",
            "{}",
            "a" * 200,
        ),
        *(
            "é" * 200,
            "a " * 100,
            "\u202e",
            "\ufeff",
            "İ",
            "ß",
            "ǅ",
            "\U0010ffff",
            "x\u0301\u0301",
            "- -",
            "c++++",
        ),
    ],
)
@pytest.mark.parametrize("sort", ["relevance", "rate"])
async def test_no_text_is_an_error(directory: ServiceHarness, search: str, sort: str) -> None:
    await publish(
        directory, headline="Percent", expertise_tags=[], bio="", first_name="Zed", last_name="Zed"
    )
    answer = await directory.get("/consultants", params={"search": search, "sort": sort})
    assert answer.status_code == 200
    assert answer.json()["items"] == []


@pytest.mark.parametrize("search", ["it support", "IT", "IT-Support", "support it", "it supp"])
async def test_short_words_are_words(directory: ServiceHarness, search: str) -> None:
    await publish(directory, headline="IT support")
    await publish(directory, headline="Support for bicycles")
    assert await found(directory, search) == ["IT support"]


async def test_words_within_a_thai_text_are_found(directory: ServiceHarness) -> None:
    await publish(directory, headline="ที่ปรึกษาการเงิน", bio="ประสบการณ์ด้านกฎหมายแรงงาน")
    for search in ("การเงิน", "ปรึกษา", "ที่ปรึกษา", "กฎหมาย", "การเงิน กฎหมาย", "ปรึกษาการเงิน"):
        assert await found(directory, search) == ["ที่ปรึกษาการเงิน"], search
    assert await found(directory, "การศึกษา") == []
    await assert_index_is_right(directory)


async def test_profiles_of_earlier_versions_are_indexed_anew(directory: ServiceHarness) -> None:
    await publish(directory, headline="ที่ปรึกษาการเงิน")
    await publish(directory)
    await directory.sql("truncate postings, lexicon")
    await directory.sql("""
        update consultant_profiles
        set strong_words = ' ', weak_words = ' ', needs_reindexing = headline like 'ที่%'
    """)
    assert await reindex_profiles(directory.database) is False
    assert await found(directory, "การเงิน") == ["ที่ปรึกษาการเงิน"]
    assert await found(directory, "beekeeper") == []
    assert len(await directory.sql("select from consultant_profiles where needs_reindexing")) == 0


async def test_signs_in_what_is_indexed_do_no_harm(directory: ServiceHarness) -> None:
    nasty = "100%_sure\\ 'quoted' \"double\" :* !& <b>你好</b> 🚀 مرحبا"
    await publish(directory, headline=nasty, bio=nasty, expertise_tags=["%", "'", "\\", "🚀"])
    for search in (nasty, "sure", "quoted", "你", "مرحبا", "100"):
        assert await found(directory, search) == [nasty]
    assert len(await listed(directory, tag="🚀")) == 1
    assert len(await listed(directory, tag="\\")) == 1


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"search": "x" * 201}, "search"),
        ({"search": "a\0b"}, "search"),
        ({"tag": "x" * 51}, "tag"),
        ({"tag": "a\0b"}, "tag"),
        ({"language": "english!"}, "language"),
        ({"min_rating": "six"}, "min_rating"),
        ({"min_rating": "5.1"}, "min_rating"),
        ({"min_rating": "-1"}, "min_rating"),
        ({"min_rating": "nan"}, "min_rating"),
        ({"min_rating": "inf"}, "min_rating"),
        ({"max_hourly_rate": "-1"}, "max_hourly_rate"),
        ({"max_hourly_rate": "1.5"}, "max_hourly_rate"),
        ({"max_hourly_rate": "9" * 30}, "max_hourly_rate"),
        ({"available_from": "tomorrow"}, "available_from"),
        ({"available_from": "0001-01-01T00:00:00Z"}, "available_from"),
        ({"available_to": "9999-12-31T23:59:59-12:00"}, "available_to"),
        ({"available_from": "2026-12-01T00:00:00"}, "available_from"),
        ({"sort": "name"}, "sort"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"cursor": "forged"}, "cursor"),
        ({"cursor": "W10", "search": "!!!"}, "cursor"),
    ],
)
async def test_bad_parameter_is_named(
    directory: ServiceHarness, params: dict[str, str], field: str
) -> None:
    assert problem_fields(await directory.get("/consultants", params=params)) == [field]


@pytest.mark.parametrize(
    "query",
    ["search=%ff%fe", "search=%ed%a0%80", "tag=%ff", "language=%ff", "cursor=%ff", "search=%C0%80"],
)
async def test_bytes_that_are_no_text_are_no_500(directory: ServiceHarness, query: str) -> None:
    assert (await directory.get(f"/consultants?{query}")).status_code in (200, 400)


async def test_period_that_ends_before_it_begins_is_named(directory: ServiceHarness) -> None:
    params = {"available_from": "2026-12-02T00:00:00Z", "available_to": "2026-12-01T00:00:00Z"}
    assert problem_fields(await directory.get("/consultants", params=params)) == ["available_to"]


async def test_cursor_belongs_to_its_query(directory: ServiceHarness) -> None:
    for n in range(3):
        await publish(directory, headline=f"Rust {n}", expertise_tags=["rust"])
    for params in ({}, {"search": "rust"}, {"search": "rust", "sort": "rate"}, {"sort": "newest"}):
        cursor = (await directory.get("/consultants", params={**params, "limit": 1})).json()[
            "next_cursor"
        ]
        assert (
            await directory.get("/consultants", params={**params, "cursor": cursor})
        ).status_code == 200
        other = await directory.get(
            "/consultants", params={**params, "tag": "rust", "cursor": cursor}
        )
        assert problem_fields(other) == ["cursor"]


async def test_forged_cursor_with_the_right_digest_is_400(directory: ServiceHarness) -> None:
    bad: list[list[Any]] = [
        [10**40, 1],
        [-1, 1],
        ["a", "b"],
        [None, None],
        [1.5, 2],
        [[], {}],
        [datetime(1, 1, 1, tzinfo=UTC), 1],
    ]
    for wanted in (Wanted(), Wanted(sort="newest"), Wanted(sort="rate"), Wanted(search="x")):
        asked = {"sort": wanted.sort} | ({"search": wanted.search} if wanted.search else {})
        for key in [*bad, *([1, *key] for key in bad)]:
            cursor = encode_cursor(key, str(wanted))
            answer = await directory.get("/consultants", params={**asked, "cursor": cursor})
            assert problem_fields(answer) == ["cursor"], (wanted, key)


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        (Wanted(), [32_767, 1]),
        (Wanted(search="beekeeping"), [1, 32_767, 1]),
        (Wanted(search="beekeeping byron"), [1, 32_767, 1]),
        (Wanted(search="beekeeping", sort="rating"), [32_767, 1, 1]),
    ],
    ids=["list", "one word", "two words", "by rating"],
)
async def test_cursor_with_a_rank_that_nobody_can_have_is_400(
    directory: ServiceHarness, wanted: Wanted, key: list[int]
) -> None:
    await publish(directory)
    params = {"sort": wanted.sort, "cursor": encode_cursor(key, str(wanted))}
    if wanted.search is not None:
        params["search"] = wanted.search
    assert problem_fields(await directory.get("/consultants", params=params)) == ["cursor"]
