"""Messages of a booking, and the reply to its rating."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.booking.tests.conftest import Market
from shared import clock
from shared.auth import User
from shared.events import MessagePosted, MessagesRead, RatingReplied
from shared.ids import id_as_old_as, new_id

DAY = timedelta(days=1)


async def write(market: Market, booking: dict[str, Any], by: User, body: Any = "Hello") -> Any:
    return await market.do("messages", booking, by, body=body)


async def listed(market: Market, booking: dict[str, Any], by: User, **params: Any) -> Any:
    path = f"/bookings/{booking['id']}/messages"
    return (await market.harness.get(path, user=by, params=params)).json()


async def unread(market: Market, booking: dict[str, Any], by: User) -> int:
    return int((await market.read(booking, by))["unread_messages"])


async def test_message_can_be_read_by_both_and_is_announced_to_the_other(market: Market) -> None:
    booking = await market.requested()
    body = "Shall we look at <b>indexes</b>?\n\nhttps://example.org/plan " + "x" * 300
    answer = await write(market, booking, market.seeker, body)
    assert answer.status_code == 201
    message = answer.json()
    assert message == {
        "id": message["id"],
        "booking_id": booking["id"],
        "author": "seeker",
        "body": body,
        "created_at": message["created_at"],
        "read_at": None,
    }
    for user in (market.seeker, market.consultant):
        assert (await listed(market, booking, user))["items"] == [message]
    [event] = await market.harness.emitted(MessagePosted)
    assert (event.author, event.author_id) == ("seeker", market.seeker.id)
    assert event.recipient_id == market.consultant.id
    assert event.excerpt == body[:200]


async def test_message_of_a_replica_whose_clock_is_behind_comes_last(
    market: Market,
) -> None:
    booking = await market.requested()
    first = (await write(market, booking, market.seeker)).json()["id"]
    await market.harness.sql(
        "update messages set id = $1", id_as_old_as(UUID(int=UUID(first).int + (60_000 << 80)))
    )
    await write(market, booking, market.seeker, "Second")
    items = (await listed(market, booking, market.seeker))["items"]
    assert [item["body"] for item in items] == ["Hello", "Second"]


async def test_unread_counts_follow_what_is_read(market: Market) -> None:
    booking = await market.requested()
    ids = [(await write(market, booking, market.seeker, f"{n}")).json()["id"] for n in range(3)]
    for _ in range(2):
        await write(market, booking, market.consultant)
    assert await unread(market, booking, market.consultant) == 3
    assert await unread(market, booking, market.seeker) == 2

    read = await market.do("messages/read", booking, market.consultant, up_to=ids[1])
    assert (read.status_code, read.content) == (204, b"")
    assert await unread(market, booking, market.consultant) == 1
    assert await unread(market, booking, market.seeker) == 2
    seen = (await listed(market, booking, market.seeker))["items"]
    assert [message["read_at"] is not None for message in seen] == [True, True, *[False] * 3]
    await market.do("messages/read", booking, market.consultant, up_to=ids[1])
    [event] = await market.harness.emitted(MessagesRead)  # the second time there was nothing new
    assert (event.reader_id, event.author_id) == (market.consultant.id, market.seeker.id)
    assert str(event.up_to) == ids[1]


async def test_own_messages_are_not_read_by_their_author(market: Market) -> None:
    booking = await market.requested()
    mine = (await write(market, booking, market.seeker)).json()
    await market.do("messages/read", booking, market.seeker, up_to=mine["id"])
    assert (await listed(market, booking, market.seeker))["items"][0]["read_at"] is None
    assert await unread(market, booking, market.consultant) == 1


async def test_message_of_another_booking_cannot_be_read_up_to(market: Market) -> None:
    one, other = await market.requested(DAY), await market.requested(2 * DAY)
    message = (await write(market, one, market.seeker)).json()
    for up_to in (message["id"], str(new_id())):
        answer = await market.do("messages/read", other, market.consultant, up_to=up_to)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_strangers_neither_read_nor_write(market: Market) -> None:
    booking, stranger = await market.requested(), market.someone("seeker")
    assert (await write(market, booking, stranger)).status_code == 404
    path = f"/bookings/{booking['id']}/messages"
    assert (await market.harness.get(path, user=stranger)).status_code == 404


async def test_messages_are_paged_the_oldest_first(market: Market) -> None:
    booking = await market.requested()
    for n in range(5):
        await write(market, booking, (market.seeker, market.consultant)[n % 2], str(n))
    page, seen = await listed(market, booking, market.seeker, limit=2), []
    while True:
        seen += [message["body"] for message in page["items"]]
        if page["next_cursor"] is None:
            break
        page = await listed(market, booking, market.seeker, limit=2, cursor=page["next_cursor"])
    assert seen == ["0", "1", "2", "3", "4"]


async def test_both_writing_at_once_lose_nothing(market: Market) -> None:
    booking = await market.requested()
    users = [market.seeker, market.consultant] * 5
    answers = await asyncio.gather(*(write(market, booking, user) for user in users))
    assert {answer.status_code for answer in answers} == {201}
    assert await unread(market, booking, market.seeker) == 5
    assert await unread(market, booking, market.consultant) == 5


@pytest.mark.parametrize("body", ["", "   \n", "x" * 4001, "a\u0000b", "\u202eabc", 5, None])
async def test_bad_message_is_400(market: Market, body: Any) -> None:
    booking = await market.requested()
    answer = await write(market, booking, market.seeker, body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "body")


async def test_longest_message_fits(market: Market) -> None:
    booking = await market.requested()
    assert (await write(market, booking, market.seeker, "ß" * 4000)).status_code == 201


async def test_messages_close_30_days_after_the_end(market: Market) -> None:
    booking = await market.requested(DAY)
    await market.do("cancel", booking, market.seeker)
    with clock.shifted(30 * DAY):
        assert (await write(market, booking, market.seeker)).status_code == 201
    with clock.shifted(32 * DAY):
        late = await write(market, booking, market.seeker)
        assert (late.status_code, late.json()["code"]) == (409, "invalid_transition")
        assert len((await listed(market, booking, market.seeker))["items"]) == 1


async def test_same_key_posts_once(market: Market) -> None:
    booking = await market.requested()
    path, headers = f"/bookings/{booking['id']}/messages", {"idempotency-key": "once"}
    first, again = [
        await market.harness.post(path, user=market.seeker, json={"body": "x"}, headers=headers)
        for _ in range(2)
    ]
    assert first.json() == again.json()
    assert len((await listed(market, booking, market.seeker))["items"]) == 1


async def test_same_key_of_another_user_or_another_day_is_another_key(market: Market) -> None:
    booking = await market.requested()
    path, headers = f"/bookings/{booking['id']}/messages", {"idempotency-key": "once"}

    async def post(by: User) -> Any:
        return await market.harness.post(path, user=by, json={"body": "x"}, headers=headers)

    for _ in range(2):
        for by in ("seeker", "consultant"):
            assert (await post(getattr(market, by))).json()["author"] == by
    assert len((await listed(market, booking, market.seeker))["items"]) == 2
    with clock.shifted(timedelta(hours=23, minutes=59)):
        await post(market.seeker)
    assert len((await listed(market, booking, market.seeker))["items"]) == 2
    with clock.shifted(timedelta(hours=24, minutes=1)):  # whether it has been pruned or not
        await post(market.seeker)
    assert len((await listed(market, booking, market.seeker))["items"]) == 3


async def test_key_of_another_request_is_refused(market: Market) -> None:
    """Although the two requests have the same body."""
    first, other = await market.requested(), await market.requested(5 * DAY)
    headers = {"idempotency-key": "once"}
    statuses = [
        (await market.harness.post(path, user=market.consultant, headers=headers)).status_code
        for path in (f"/bookings/{first['id']}/accept", f"/bookings/{other['id']}/accept")
    ]
    assert statuses == [202, 422]
    assert await market.status(other) == "requested"


# ---- the reply to a rating


async def rated(market: Market) -> dict[str, Any]:
    booking = await market.completed()
    answer = await market.do("rating", booking, market.seeker, score=3)
    assert answer.status_code == 201
    return booking


async def test_consultant_replies_once(market: Market) -> None:
    booking = await rated(market)
    answer = await market.do("rating/reply", booking, market.consultant, body="Thank you.")
    assert answer.status_code == 201
    reply = answer.json()
    assert reply["body"] == "Thank you."
    assert (await market.read(booking))["rating"]["reply"] == reply
    [event] = await market.harness.emitted(RatingReplied)
    assert (str(event.booking_id), event.body) == (booking["id"], "Thank you.")
    assert (await market.events_of(booking))[-1] == "rating.replied"
    again = await market.do("rating/reply", booking, market.consultant, body="More")
    assert (again.status_code, again.json()["code"]) == (409, "already_replied")


async def test_two_replies_at_once_are_one(market: Market) -> None:
    booking = await rated(market)
    answers = await asyncio.gather(
        *(market.do("rating/reply", booking, market.consultant, body=str(n)) for n in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert len(await market.harness.emitted(RatingReplied)) == 1


async def test_reply_without_a_rating_is_409(market: Market) -> None:
    booking = await market.completed()
    answer = await market.do("rating/reply", booking, market.consultant, body="Hello")
    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")


@pytest.mark.parametrize("body", ["", "x" * 1001, None])
async def test_bad_reply_is_400(market: Market, body: Any) -> None:
    booking = await rated(market)
    answer = await market.do("rating/reply", booking, market.consultant, body=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "body")
