"""The notification list, preferences, and links that need no sign-in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.notifications.domain.model import Category
from services.notifications.mail.unsubscribe_tokens import token_for
from services.notifications.tests.conftest import Notifications, Pair, send_mails
from shared import events as e
from shared.clock import now
from shared.ids import new_id
from shared.testing.mail_sandbox import MailSandbox

ALL_ON = {"bookings": True, "reminders": True, "payments": True, "messages": True, "ratings": True}


async def listed(notifications: Notifications, user: Any, **params: Any) -> dict[str, Any]:
    answer = await notifications.get("/notifications", user=user, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_list_is_newest_first_and_my_own(
    notifications: Notifications, pair: Pair
) -> None:
    await pair.confirmed()
    await pair.cancelled()
    seeker = await listed(notifications, pair.seeker)
    assert [item["type"] for item in seeker["items"]] == [
        "booking.cancelled",
        "booking.confirmed",
        "booking.accepted",
    ]
    first = seeker["items"][0]
    assert set(first) == {"id", "type", "at", "title", "body", "link", "read_at"}
    assert first["link"] == f"/booking/{pair.booking_id}"
    assert first["read_at"] is None
    page = await listed(notifications, pair.seeker, limit=2)
    rest = await listed(notifications, pair.seeker, limit=2, cursor=page["next_cursor"])
    assert [*page["items"], *rest["items"]] == seeker["items"]
    assert rest["next_cursor"] is None
    foreign = await notifications.get(
        "/notifications", user=pair.consultant, params={"cursor": page["next_cursor"]}
    )
    assert foreign.status_code == 400


async def test_what_is_received_late_is_listed_where_it_belongs(
    notifications: Notifications, pair: Pair
) -> None:
    await pair.requested()
    earlier, later = new_id(), new_id()
    await notifications.deliver(pair.posted("Second"), later)
    await notifications.deliver(pair.posted("First"), earlier)
    items = (await listed(notifications, pair.consultant))["items"]
    assert [item["body"] for item in items[:2]] == ["Second", "First"]
    assert [item["at"] for item in items] == sorted((item["at"] for item in items), reverse=True)


@pytest.mark.parametrize(("by", "times"), [("seeker", 1), ("system", 0), (None, 1)])
async def test_proposal_that_ends_with_its_booking_is_not_said_to_be_withdrawn_by_its_proposer(
    notifications: Notifications, pair: Pair, by: str | None, times: int
) -> None:
    await pair.confirmed()
    await pair.happens(e.RescheduleWithdrawn, **pair.proposal(), withdrawn_by=by)
    types = [item["type"] for item in (await listed(notifications, pair.consultant))["items"]]
    assert types.count("reschedule.withdrawn") == times
    live = await notifications.sql(
        "select user_id from stream_events where event = 'reschedule.withdrawn'"
    )
    assert {row["user_id"] for row in live} == {pair.seeker.id, pair.consultant.id}


async def test_reading_some_all_and_nothing_of_others(
    notifications: Notifications, pair: Pair
) -> None:
    await pair.confirmed()
    await pair.cancelled()
    items = (await listed(notifications, pair.seeker))["items"]

    async def unread() -> int:
        answer = await notifications.get("/notifications/summary", user=pair.seeker)
        count: int = answer.json()["unread"]
        return count

    async def read(user: Any, **body: Any) -> int:
        answer = await notifications.post("/notifications/read", user=user, json=body)
        return int(answer.status_code)

    assert await unread() == 3
    assert await read(pair.consultant, ids=[items[0]["id"]]) == 204
    assert await unread() == 3
    assert await read(pair.seeker, ids=[items[1]["id"], str(new_id())]) == 204
    assert await unread() == 2
    assert [i["id"] for i in (await listed(notifications, pair.seeker, unread=True))["items"]] == [
        items[0]["id"],
        items[2]["id"],
    ]
    assert await read(pair.seeker, up_to=items[1]["id"]) == 204
    assert await unread() == 1
    assert await read(pair.seeker, up_to=items[0]["id"]) == 204
    assert await unread() == 0
    for wrong in ({}, {"ids": ["x"]}, {"ids": [], "up_to": items[0]["id"]}, {"more": 1}):
        assert await read(pair.seeker, **wrong) == 400


@pytest.mark.parametrize(
    ("body", "fields"),
    [({}, ["ids"]), ({"up_to": "x"}, ["up_to"]), ({"ids": ["x"]}, ["ids[0]"])],
)
async def test_fields_that_are_wrong_in_what_was_read_are_named_and_no_others(
    notifications: Notifications, pair: Pair, body: dict[str, Any], fields: list[str]
) -> None:
    answer = await notifications.post("/notifications/read", user=pair.seeker, json=body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == fields


async def test_preferences_are_all_on_until_somebody_says_otherwise(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    path = "/notifications/preferences"
    assert (await notifications.get(path, user=pair.consultant)).json() == {"email": ALL_ON}
    wanted = {"email": {**ALL_ON, "bookings": False}}
    answer = await notifications.put(path, user=pair.consultant, json=wanted)
    assert answer.json() == wanted
    assert (await notifications.get(path, user=pair.consultant)).json() == wanted
    await pair.requested()
    await pair.cancelled()
    await send_mails(notifications)
    # A cancellation is sent regardless of the preferences.
    assert [m["subject"] for m in mail.messages("carl@example.org")] == [
        "Cancelled: the session with Ada Byron"
    ]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["email"]),
        (
            {"email": {**ALL_ON, "bookings": "no", "ratings": None}},
            ["email.bookings", "email.ratings"],
        ),
        ({"email": {**ALL_ON, "all": True}}, ["email.all"]),
        ({"email": {"bookings": True}}, [f"email.{c}" for c in Category if c != "bookings"]),
    ],
)
async def test_wrong_preferences_are_named(
    notifications: Notifications, pair: Pair, body: Any, fields: list[str]
) -> None:
    answer = await notifications.put("/notifications/preferences", user=pair.seeker, json=body)
    assert answer.status_code == 400
    assert sorted(error["field"] for error in answer.json()["errors"]) == sorted(fields)


async def token_in_mail(notifications: Notifications, pair: Pair, mail: MailSandbox) -> str:
    await pair.requested()
    await send_mails(notifications)
    header = mail.messages("carl@example.org")[0]["headers"]["List-Unsubscribe"]
    url = header.strip("<>")
    assert url.startswith("https://market.example/unsubscribe?token=")
    return str(url.partition("token=")[2])


async def wanted_by(notifications: Notifications, pair: Pair) -> dict[str, bool]:
    answer = await notifications.get("/notifications/preferences", user=pair.consultant)
    email: dict[str, bool] = answer.json()["email"]
    return email


async def test_looking_at_the_page_changes_nothing(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    token = await token_in_mail(notifications, pair, mail)
    page = await notifications.get("/unsubscribe", params={"token": token})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert 'method="post"' in page.text
    assert await wanted_by(notifications, pair) == ALL_ON
    for nonsense in ("", "x", "<script>", "a" * 44):
        page = await notifications.get("/unsubscribe", params={"token": nonsense})
        assert page.status_code == 200
        assert "not valid" in page.text
        assert "<script>" not in page.text


async def test_one_click_switches_off_its_kind_and_twice_is_once(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    token = await token_in_mail(notifications, pair, mail)
    for _ in range(2):
        answer = await notifications.post(
            "/unsubscribe",
            params={"token": token},
            content=b"List-Unsubscribe=One-Click",
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 200
    assert await wanted_by(notifications, pair) == {**ALL_ON, "bookings": False}
    answer = await notifications.post(
        "/notifications/unsubscribe", json={"token": token, "all": True}
    )
    assert answer.status_code == 204
    assert set((await wanted_by(notifications, pair)).values()) == {False}


async def test_tokens_that_are_forged_foreign_or_of_nobody(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    token = await token_in_mail(notifications, pair, mail)
    forged = token_for(pair.consultant.id, Category.BOOKINGS, b"another key")
    nobody = token_for(UUID(int=7), Category.BOOKINGS, b"another key")
    flipped = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    for wrong in (forged, nobody, flipped, token[:-4], token + "AAAA", "x", "🙂"):
        answer = await notifications.post("/notifications/unsubscribe", json={"token": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_token"), wrong
    assert await wanted_by(notifications, pair) == ALL_ON
    for body in ({}, {"token": ""}, {"token": 1}, {"token": "x" * 201}):
        answer = await notifications.post("/notifications/unsubscribe", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")


@pytest.mark.parametrize("event", [e.NewDeviceUsed, e.SignedInFromNewDevice])
async def test_unknown_device_is_announced_for_the_events_new_and_earlier_name(
    notifications: Notifications, pair: Pair, event: type[e.NewDeviceEvent]
) -> None:
    await notifications.deliver(event(user_id=pair.seeker.id, user_agent="Telephone/1.0", at=now()))
    (item,) = (await listed(notifications, pair.seeker))["items"]
    assert (item["type"], item["link"]) == ("account.new_device", "/account")


# ---- in the reader's language


async def test_both_parties_read_in_their_own_language(
    notifications: Notifications, mail: MailSandbox
) -> None:
    languages = {"seeker": "de", "consultant": "ar"}
    pair = await Pair(notifications).register(languages=languages)
    await pair.confirmed()
    await send_mails(notifications)
    for user, language, title in (
        (pair.seeker, "de", "Bestätigt: Ihre Sitzung mit Carl Gauß"),
        (pair.consultant, "ar", "تأكدت جلستك مع Ada Byron"),
    ):
        assert (await listed(notifications, user))["items"][0]["title"] == title
        (sent,) = [m for m in mail.messages(pair.email(user)) if m["subject"] == title]
        assert sent["headers"]["Content-Language"] == language
        assert "(Europe/Berlin)" in sent["text"]


@pytest.mark.parametrize("language", [None, "tlh"])
async def test_who_has_chosen_no_language_of_this_version_reads_english(
    notifications: Notifications, mail: MailSandbox, language: str | None
) -> None:
    pair = await Pair(notifications).register(languages={"consultant": language})
    await pair.requested()
    await send_mails(notifications)
    (sent,) = mail.messages("carl@example.org")
    assert sent["subject"] == "Ada Byron has requested a session"
    assert sent["headers"]["Content-Language"] == "en"


async def test_a_mail_is_in_the_language_of_the_moment_when_it_is_sent(
    notifications: Notifications, pair: Pair, mail: MailSandbox
) -> None:
    await pair.requested()
    changed = pair.registered(pair.consultant, "Europe/Berlin", "de")
    await notifications.deliver(e.UserUpdated(**msgspec.structs.asdict(changed)))
    await pair.cancelled()
    await send_mails(notifications)
    assert [m["headers"]["Content-Language"] for m in mail.messages("carl@example.org")] == [
        "de",
        "de",
    ]
    titles = [item["title"] for item in (await listed(notifications, pair.consultant))["items"]]
    # An entry of the list stays as it was written.
    assert titles == [
        "Storniert: Ihre Sitzung mit Ada Byron",
        "Ada Byron has requested a session",
    ]


@pytest.mark.parametrize(
    ("chosen", "preferred", "language", "word"),
    [
        ("de", "ar", "de", "Buchungen"),
        ("ar", "de", "ar", "الحجوزات"),
        (None, "fr, de;q=0.5", "de", "Buchungen"),
        (None, "fr", "en", "bookings"),
    ],
)
async def test_pages_are_in_the_language_of_the_account_or_else_of_the_browser(
    notifications: Notifications,
    mail: MailSandbox,
    chosen: str | None,
    preferred: str,
    language: str,
    word: str,
) -> None:
    pair = await Pair(notifications).register(languages={"consultant": chosen})
    token = await token_in_mail(notifications, pair, mail)
    given: Any = {"params": {"token": token}, "headers": {"accept-language": preferred}}
    for answer in (
        await notifications.get("/unsubscribe", **given),
        await notifications.post("/unsubscribe", **given),
    ):
        assert answer.status_code == 200
        assert answer.headers["content-language"] == language
        direction = "rtl" if language == "ar" else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in answer.text
        assert word in answer.text


async def test_forged_token_does_not_reveal_its_owners_language(
    notifications: Notifications, mail: MailSandbox
) -> None:
    pair = await Pair(notifications).register(languages={"consultant": "ar"})
    forged = token_for(pair.consultant.id, Category.BOOKINGS, b"another key")
    for token in (forged, "x"):
        page = await notifications.get(
            "/unsubscribe", params={"token": token}, headers={"accept-language": "de"}
        )
        assert page.headers["content-language"] == "de"
