"""List and search on a population designed to be ambiguous, compared with the plain model: results,
order, and that pages neither skip nor repeat.
"""

import random
from datetime import timedelta
from typing import Any

import pytest

from services.directory.search import listing, matching, plans
from services.directory.search.words import query_words
from services.directory.tests.conftest import all_ids, assert_index_is_right, publish, rated
from services.directory.tests.model import Someone, expected
from shared.clock import now
from shared.events import AvailabilityChanged, Interval
from shared.testing import ServiceHarness

NAMES = [
    "Zoë",
    "Zoe",
    "Anna",
    "Ann",
    "Hannah",
    "Ada",
    "Adam",
    "Søren",
    "Soren",
    "Łukasz",
    "Élodie",
    "Elodie",
    "Ola",
    "Go",
    "Rusty",
]
WORDS = [
    "rust",
    "trust",
    "rusty",
    "crust",
    "rest",
    "python",
    "pythons",
    "phyton",
    "pythno",
    "kubernetes",
    "kubernets",
    "kubernete",
    "ubernetes",
    "go",
    "google",
    "golang",
    "good",
    "gold",
    "c",
    "c++",
    "c#",
    "java",
    "javascript",
    "café",
    "cafe",
    "caffe",
    "résumé",
    "resume",
    "2024",
    "2025",
    "r&d",
    "co-founder",
    "cofounder",
    "founder",
    "会計",
    "税務",
    "Москва",
    "straße",
    "strasse",
    "the",
    "and",
    "data",
    "database",
    "databases",
    "dta",
    "datum",
]
ASKED = [
    "rust",
    "trus",
    "rusty",
    "rsut",
    "pyth",
    "python",
    "pyhton",
    "pythn",
    "phythons",
    "kubernetes",
    "kubernetse",
    "ubernetes",
    "jubernetes",
    "kubern",
    "kubrn",
    "g",
    "go",
    "goo",
    "a",
    "an",
    "r",
    "c",
    "c++",
    "c#",
    "java",
    "jav",
    "cafe",
    "café",
    "CAFÉ",
    "resume",
    "résumé",
    "2024",
    "2026",
    "202",
    "rd",
    "founder",
    "cofounder",
    "co-founder",
    "会",
    "会計",
    "москва",
    "strasse",
    "straße",
    "the",
    "data",
    "dtaa",
    "dat",
    "zoe",
    "zoë",
    "anna",
    "ana",
    "łukasz",
    "soren",
    "q",
    "xyzzy",
]
PAIRS = [
    "rust|python",
    "go|data",
    "c++|rust",
    "a|the",
    "an|a",
    "the|pyhton",
    "kubernets|rust",
    "zoe|rust",
    "co-founder|go",
    "会計|rust",
    "r|g",
    "xyzzy|rust",
    "python|python|rust",
    "r|c|a",
]


async def populate(directory: ServiceHarness, size: int = 70) -> list[Someone]:
    rng = random.Random(20261122)
    soon = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    people = []
    for no in range(size):
        fields: dict[str, Any] = {
            "headline": " ".join(rng.choices(WORDS, k=rng.randint(1, 3))),
            "bio": " ".join(rng.choices(WORDS, k=rng.randint(0, 5))),
            "expertise_tags": rng.sample(
                ["rust", "python", "café", "cafe", "c++", "r&d", "data"], rng.randint(0, 3)
            ),
            "languages": rng.sample(["en", "de", "pt-BR", "pt"], rng.randint(0, 2)),
            "hourly_rate": rng.choice([1000, 2000, 2500, 9000]),
        }
        names = rng.choice(NAMES), rng.choice(NAMES)
        user = await publish(directory, *names, **fields)
        scores = [rng.randint(1, 5) for _ in range(rng.choice([0, 0, 1, 2, 4]))]
        starts = sorted(
            soon + timedelta(hours=h) for h in rng.sample(range(48), rng.choice([0, 1, 3]))
        )
        free = [(start, start + timedelta(minutes=30)) for start in starts]
        await deliver_facts(directory, user.id, scores, free)
        people.append(
            Someone(
                id=str(user.id),
                no=no,
                names=names,
                headline=fields["headline"],
                bio=fields["bio"],
                tags=fields["expertise_tags"],
                languages=fields["languages"],
                rate=fields["hourly_rate"],
                scores=scores,
                free=free,
            )
        )
    await assert_index_is_right(directory)
    return people


async def deliver_facts(
    directory: ServiceHarness, consultant_id: Any, scores: list[int], free: list[Any]
) -> None:
    for score in scores:
        await directory.deliver(rated(consultant_id, score))
    if free:
        changed = AvailabilityChanged(
            consultant_id=consultant_id,
            next_available_at=free[0][0],
            free=[Interval(start, end) for start, end in free],
        )
        await directory.deliver(changed)


@pytest.mark.parametrize("many_words", [200, 2], ids=["lists", "walks"])
async def test_search_finds_and_ranks_as_the_model_does(
    directory: ServiceHarness, many_words: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "MANY_WORDS", many_words)
    monkeypatch.setattr(matching, "COMMON", 10 * many_words)
    monkeypatch.setattr(matching, "MAX_COUNT", 20 * many_words)
    people = await populate(directory)
    for search in [*ASKED, *(pair.replace("|", " ") for pair in PAIRS)]:
        for sort in ("relevance", "rating", "rate", "newest"):
            wanted = expected(people, query_words(search), sort)
            for limit in (4, 100) if sort == "relevance" else (25,):
                assert await all_ids(directory, limit, search=search, sort=sort) == wanted, (
                    search,
                    sort,
                    limit,
                )
    assert sum(len(expected(people, query_words(search), "relevance")) for search in ASKED) > 400


@pytest.mark.parametrize("few", [1000, 0], ids=["few free", "many free"])
async def test_filters_narrow_every_sort_with_and_without_search(
    directory: ServiceHarness, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "FEW", few)
    people = await populate(directory)
    day = min(start for someone in people for start, _ in someone.free)
    late = day + timedelta(hours=20)
    filters: list[tuple[dict[str, Any], Any]] = [
        ({}, lambda s: True),
        ({"tag": "RUST"}, lambda s: "rust" in s.tags),
        (
            {"tag": ["python", "cafe"]},
            lambda s: "python" in s.tags and bool({"café", "cafe"} & set(s.tags)),
        ),
        ({"language": "PT"}, lambda s: bool({"pt", "pt-BR"} & set(s.languages))),
        ({"language": "pt-br"}, lambda s: "pt-BR" in s.languages),
        ({"min_rating": "3.5"}, lambda s: s.average >= 3.5),
        ({"min_rating": "0"}, lambda _: True),
        ({"max_hourly_rate": 2000}, lambda s: s.rate <= 2000),
        ({"available_from": late.isoformat()}, lambda s: any(a >= late for a, _ in s.free)),
        ({"available_to": late.isoformat()}, lambda s: any(b <= late for _, b in s.free)),
        (
            {"available_from": day.isoformat(), "available_to": late.isoformat()},
            lambda s: any(day <= a and b <= late for a, b in s.free),
        ),
        (
            {"language": "en", "max_hourly_rate": 2500, "min_rating": 2},
            lambda s: "en" in s.languages and s.rate <= 2500 and s.average >= 2,
        ),
    ]
    for params, keep in filters:
        assert any(keep(s) for s in people), params
        for search in ("", "rust", "pyt", "go data", "kubernetse", "g", "a r"):
            for sort in ("relevance", "rating", "rate", "newest"):
                wanted = expected(people, query_words(search), sort, keep)
                asked = {**params, "sort": sort} | ({"search": search} if search else {})
                assert await all_ids(directory, 9, **asked) == wanted, asked


async def test_pages_neither_skip_nor_repeat_while_others_come_and_go(
    directory: ServiceHarness,
) -> None:
    people = await populate(directory, 40)
    first = (await directory.get("/consultants", params={"search": "rust", "limit": 5})).json()
    for _ in range(3):
        await publish(directory, headline="Rust", expertise_tags=["rust"], bio="rust")
    rest = (
        await directory.get(
            "/consultants", params={"search": "rust", "limit": 100, "cursor": first["next_cursor"]}
        )
    ).json()
    seen = [card["consultant_id"] for card in first["items"] + rest["items"]]
    kept = [id for id in seen if id in {s.id for s in people}]
    assert kept == expected(people, ["rust"], "relevance")
