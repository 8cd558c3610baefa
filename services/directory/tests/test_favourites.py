"""Favourites, and replies to ratings."""

from typing import Any
from uuid import uuid4

from services.directory.tests.conftest import publish, rated
from shared.clock import now
from shared.events import RatingReplied, UserDeactivated


async def names(directory: Any, seeker: Any, **parameters: Any) -> list[str]:
    answer = await directory.get("/consultants/me/favourites", user=seeker, params=parameters)
    assert answer.status_code == 200, answer.text
    return [card["first_name"] for card in answer.json()["items"]]


async def add(directory: Any, seeker: Any, consultant_id: Any) -> int:
    path = f"/consultants/{consultant_id}/favourite"
    status: int = (await directory.put(path, user=seeker)).status_code
    return status


async def test_favourites_come_latest_first_and_are_mine(directory: Any) -> None:
    seeker, other = directory.user("seeker"), directory.user("seeker")
    people = [await publish(directory, name) for name in ("Ada", "Bea", "Cleo")]
    for one in (*people, people[0]):
        assert await add(directory, seeker, one.id) == 204
    assert await names(directory, seeker) == ["Cleo", "Bea", "Ada"]
    assert await names(directory, other) == []
    for _ in range(2):
        path = f"/consultants/{people[1].id}/favourite"
        answer = await directory.request("DELETE", path, user=seeker)
        assert answer.status_code == 204
    assert await names(directory, seeker) == ["Cleo", "Ada"]


async def test_favourites_come_in_pages(directory: Any) -> None:
    seeker = directory.user("seeker")
    for name in ("Ada", "Bea", "Cleo"):
        await add(directory, seeker, (await publish(directory, name)).id)
    first = await directory.get("/consultants/me/favourites", user=seeker, params={"limit": 2})
    cursor = first.json()["next_cursor"]
    assert await names(directory, seeker, limit=2, cursor=cursor) == ["Ada"]


async def test_whoever_has_no_page_is_no_favourite(directory: Any) -> None:
    seeker = directory.user("seeker")
    assert await add(directory, seeker, uuid4()) == 404
    ada = await publish(directory)
    await add(directory, seeker, ada.id)
    closed = UserDeactivated(
        user_id=ada.id, role="consultant", first_name="Ada", last_name="B", email="a@example.org"
    )
    await directory.deliver(closed)
    assert await names(directory, seeker) == []
    assert await add(directory, seeker, ada.id) == 404


async def test_consultants_have_no_favourites(directory: Any) -> None:
    ada = await publish(directory)
    assert await add(directory, ada, ada.id) == 403


async def test_a_reply_is_shown_with_its_rating_whichever_comes_first(directory: Any) -> None:
    ada = await publish(directory)
    rating = rated(ada.id, 4, seeker_first_name="Bob", comment="Good.")
    replied = RatingReplied(
        booking_id=rating.booking_id,
        consultant_id=ada.id,
        seeker_id=rating.seeker_id,
        body="Thank you.",
        replied_at=now(),
    )
    await directory.deliver(replied)
    assert (await directory.get(f"/consultants/{ada.id}/ratings")).json()["items"] == []
    await directory.deliver(rating)
    (shown,) = (await directory.get(f"/consultants/{ada.id}/ratings")).json()["items"]
    assert set(shown) == {"score", "comment", "seeker_first_name", "created_at", "reply"}
    assert set(shown["reply"]) == {"body", "created_at"}
    assert shown["reply"]["body"] == "Thank you."
