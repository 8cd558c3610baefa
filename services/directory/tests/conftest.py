"""Directory with empty tables, and helpers to create consultants."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.directory.search.postings import STRONG
from shared.auth import User
from shared.clock import now
from shared.events import SessionRated
from shared.ids import new_id
from shared.testing import ServiceHarness


@pytest.fixture
async def directory(harness: Callable[..., Awaitable[ServiceHarness]]) -> ServiceHarness:
    """The directory service with empty tables."""
    return await harness("directory")


def profile_body(**fields: Any) -> dict[str, Any]:
    """The body of a valid PUT, with `fields` overridden."""
    return {
        "headline": "Beekeeper and advisor",
        "bio": "Twenty years among hives.",
        "expertise_tags": ["beekeeping"],
        "languages": ["en"],
        "hourly_rate": 9000,
        "currency": "usd",
        **fields,
    }


async def publish(
    directory: ServiceHarness, first_name: str = "Ada", last_name: str = "Byron", **fields: Any
) -> User:
    """A consultant with a profile."""
    user = directory.user("consultant", first_name=first_name, last_name=last_name)
    answer = await directory.put("/consultants/me/profile", user=user, json=profile_body(**fields))
    assert answer.status_code == 200, answer.text
    return user


def rated(consultant_id: UUID, score: int, **fields: Any) -> SessionRated:
    """The event of a rating, with `fields` overridden."""
    return SessionRated(
        **{
            "booking_id": new_id(),
            "consultant_id": consultant_id,
            "seeker_id": new_id(),
            "seeker_first_name": "Sam",
            "score": score,
            "comment": None,
            "rated_at": now(),
            **fields,
        }
    )


async def listed(directory: ServiceHarness, **params: Any) -> list[dict[str, Any]]:
    """The cards of one page."""
    answer = await directory.get("/consultants", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def found(directory: ServiceHarness, search: str, **params: Any) -> list[str]:
    """The headlines of a search's results, in order."""
    return [card["headline"] for card in await listed(directory, search=search, **params)]


async def all_ids(directory: ServiceHarness, limit: int, **params: Any) -> list[str]:
    """The ids of all pages."""
    ids: list[str] = []
    cursor = None
    while True:
        answer = await directory.get(
            "/consultants",
            params={**params, "limit": limit} | ({"cursor": cursor} if cursor else {}),
        )
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= limit
        ids += [card["consultant_id"] for card in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return ids
        assert len(page["items"]) == limit


def problem_fields(answer: httpx.Response) -> list[str]:
    """The fields with errors in a 400 response."""
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["code"] == "validation_failed"
    return [error["field"] for error in body["errors"]]


async def assert_index_is_right(directory: ServiceHarness) -> None:
    """Asserts that the postings are exactly those of the current profiles."""
    expected = set()
    for row in await directory.sql("select * from consultant_profiles where is_listed"):
        strong, weak = row["strong_words"].split(), row["weak_words"].split()
        expected |= {(word, row["quality"] + STRONG, row["no"]) for word in strong}
        expected |= {(word, row["quality"], row["no"]) for word in weak}
    rows = await directory.sql(
        "select l.word, p.rank, p.no from postings p join lexicon l on l.id = p.word_id"
    )
    assert {tuple(row) for row in rows} == expected
