"""Bookings in calendar programs: files, and the secret feed."""

import asyncio
from datetime import timedelta
from typing import Any

import icalendar
import pytest

from services.booking.busy_calendars.encryption import AddressCipher
from services.booking.tests.conftest import instant
from shared.events import UserDeactivated, UserUpdated
from shared.testing.calendars import content_lines, property_names, read_calendar


async def file_of(market: Any, booking: dict[str, Any], by: Any = None) -> bytes:
    answer = await market.harness.get(
        f"/bookings/{booking['id']}/calendar.ics", user=by or market.seeker
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    content: bytes = answer.content
    return content


def event_in(content: bytes) -> Any:
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return event


async def test_calendar_file_has_time_status_and_the_other_party(market: Any) -> None:
    booking = await market.confirmed()
    lines = content_lines(await file_of(market, booking))
    start = booking["scheduled_start"].replace("-", "").replace(":", "")
    assert f"UID:{booking['id']}@consultant-connect" in lines
    assert f"DTSTART:{start}" in lines
    assert "STATUS:CONFIRMED" in lines
    assert any(line.startswith("SUMMARY:Session with ") for line in lines)
    mine = event_in(await file_of(market, booking, market.seeker))["summary"]
    theirs = event_in(await file_of(market, booking, market.consultant))["summary"]
    assert booking["consultant"]["last_name"] in mine
    assert booking["seeker"]["last_name"] in theirs


async def test_another_program_reads_the_same(market: Any) -> None:
    booking = await market.confirmed()
    calendar = read_calendar(await file_of(market, booking))
    (event,) = calendar.events
    assert calendar.method is None
    assert event.dtstart == instant(booking["scheduled_start"])
    assert event.dtend == instant(booking["scheduled_end"])
    assert (event.status, event.transparency) == ("CONFIRMED", "OPAQUE")
    assert str(event.url) == f"http://localhost:8000/booking/{booking['id']}"
    first = event.sequence or 0
    await market.do("cancel", booking, market.seeker)
    (event,) = read_calendar(await file_of(market, booking)).events
    assert (event.status, event.transparency) == ("CANCELLED", "TRANSPARENT")
    assert (event.sequence or 0) > first


async def test_each_change_has_a_greater_sequence_and_the_same_uid(market: Any) -> None:
    booking = await market.requested()
    entries = [event_in(await file_of(market, booking))]
    await market.do("accept", booking, market.consultant)
    entries.append(event_in(await file_of(market, booking)))
    await market.harness.deliver(market.authorized(booking))
    entries.append(event_in(await file_of(market, booking)))
    await market.do("cancel", booking, market.consultant)
    entries.append(event_in(await file_of(market, booking)))
    assert len({entry["uid"] for entry in entries}) == 1
    sequences = [entry["sequence"] for entry in entries]
    assert sequences == sorted(set(sequences))
    assert [entry["status"] for entry in entries] == [
        "TENTATIVE",
        "TENTATIVE",
        "CONFIRMED",
        "CANCELLED",
    ]


@pytest.mark.parametrize(
    "message",
    [
        "First line\nATTENDEE:mailto:eve@example.org",
        "One, two; three \\ four",
        "BEGIN:VEVENT\r\nEND:VEVENT",
        "é" * 300,
        "𝔘👩🏽‍🔬" * 40,
        'مرحبًا، عندي سؤال; عن "الأسهم": ' * 5 + "؟",
    ],
)
async def test_what_people_type_never_makes_a_property(market: Any, message: str) -> None:
    answer = await market.request(await market.slot(), message=message)
    content = await file_of(market, answer.json())
    names = property_names(content)
    assert names.count("BEGIN") == names.count("END") == 2
    assert "ATTENDEE" not in names
    assert event_in(content)["description"] == message.replace("\r\n", "\n")
    (event,) = read_calendar(content).events
    assert event.description == message.replace("\r\n", "\n")


TITLES = {"en": "Session with {name}", "de": "Sitzung mit {name}", "ar": "جلسة مع {name}"}


async def chooses(market: Any, language: str | None) -> None:
    """Delivers identity's event with the language that the seeker has chosen."""
    event = UserUpdated(
        user_id=market.seeker.id,
        role="seeker",
        first_name="Ada",
        last_name="Byron",
        email="ada@example.org",
        language=language,
    )
    await market.harness.deliver(event)


async def test_the_title_is_in_the_language_that_the_reader_has_chosen(market: Any) -> None:
    booking = await market.confirmed()
    name = " ".join(booking["consultant"][part] for part in ("first_name", "last_name"))
    before = event_in(await file_of(market, booking))
    for language, title in TITLES.items():
        await chooses(market, language)
        event = event_in(await file_of(market, booking))
        assert event["summary"] == title.format(name=name)
        assert event["sequence"] == before["sequence"]
    theirs = event_in(await file_of(market, booking, market.consultant))
    assert theirs["summary"] == "Session with Ada Byron"


@pytest.mark.parametrize(
    ("chosen", "accepted", "title"),
    [
        (None, "de-AT,de;q=0.9,en;q=0.5", TITLES["de"]),
        (None, "fr", TITLES["en"]),
        (None, "", TITLES["en"]),
        ("ar", "de", TITLES["ar"]),
        ("tlh", "de", TITLES["de"]),  # one that this version does not know
    ],
)
async def test_without_a_choice_the_title_is_in_a_language_of_the_browser(
    market: Any, chosen: str | None, accepted: str, title: str
) -> None:
    booking = await market.requested()
    await chooses(market, chosen)
    answer = await market.harness.get(
        f"/bookings/{booking['id']}/calendar.ics",
        user=market.seeker,
        headers={"accept-language": accepted},
    )
    name = " ".join(booking["consultant"][part] for part in ("first_name", "last_name"))
    assert event_in(answer.content)["summary"] == title.format(name=name)


async def test_the_file_is_for_the_parties_only(market: Any) -> None:
    booking = await market.requested()
    path = f"/bookings/{booking['id']}/calendar.ics"
    stranger = market.someone("seeker")
    assert (await market.harness.get(path, user=stranger)).status_code == 404
    assert (await market.harness.get(path)).status_code == 401


# ---- the feed


async def new_feed(market: Any, by: Any = None) -> str:
    answer = await market.harness.post("/calendar/feed", user=by or market.seeker)
    assert answer.status_code == 201, answer.text
    url: str = answer.json()["url"]
    assert url.startswith("http://localhost:8000/calendar/")
    return url.removeprefix("http://localhost:8000")


async def test_whoever_has_the_address_sees_all_bookings(market: Any) -> None:
    bookings = [await market.requested(), await market.confirmed(timedelta(days=4))]
    answer = await market.harness.get(await new_feed(market))
    assert answer.status_code == 200
    assert {event.uid for event in read_calendar(answer.content).events} == {
        f"{booking['id']}@consultant-connect" for booking in bookings
    }
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert {event["uid"] for event in events} == {
        f"{booking['id']}@consultant-connect" for booking in bookings
    }
    assert {event["url"] for event in events} == {
        f"http://localhost:8000/booking/{booking['id']}" for booking in bookings
    }


async def test_an_unchanged_feed_is_not_sent_again(market: Any) -> None:
    booking = await market.requested()
    path = await new_feed(market)
    tag = (await market.harness.get(path)).headers["etag"]
    again = await market.harness.get(path, headers={"if-none-match": f'"x", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    await market.do("accept", booking, market.consultant)
    changed = await market.harness.get(path, headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_a_feed_is_in_the_language_of_its_owner_and_new_when_that_changes(
    market: Any,
) -> None:
    await market.requested()
    path = await new_feed(market)
    tags = []
    for language, name, word in (
        (None, "Sessions", "Session"),
        ("de", "Sitzungen", "Sitzung"),
        ("ar", "الجلسات", "جلسة"),
    ):
        await chooses(market, language)
        # The program that reads a feed does not decide: there may be several.
        answer = await market.harness.get(path, headers={"accept-language": "de"})
        calendar = icalendar.Calendar.from_ical(answer.content)
        assert calendar["name"] == calendar["x-wr-calname"] == name
        assert event_in(answer.content)["summary"].startswith(word)
        tags.append(answer.headers["etag"])
        again = await market.harness.get(path, headers={"if-none-match": tags[-1]})
        assert again.status_code == 304
    assert len(set(tags)) == 3


async def test_a_new_address_and_a_removal_make_the_old_one_void(market: Any) -> None:
    first = await new_feed(market)
    second = await new_feed(market)
    assert (await market.harness.get(first)).status_code == 404
    assert (await market.harness.get(second)).status_code == 200
    for _ in range(2):
        gone = await market.harness.request("DELETE", "/calendar/feed", user=market.seeker)
        assert gone.status_code == 204
    assert (await market.harness.get(second)).status_code == 404


async def test_the_feed_of_a_closed_account_is_gone(market: Any) -> None:
    mine, theirs = await new_feed(market), await new_feed(market, market.consultant)
    await market.consultant_event(UserDeactivated)
    assert (await market.harness.get(theirs)).status_code == 404
    assert (await market.harness.get(mine)).status_code == 200


async def test_the_same_key_gives_the_same_address_and_is_stored_encrypted(market: Any) -> None:
    asked = [
        market.harness.post(
            "/calendar/feed", user=market.seeker, headers={"idempotency-key": "feed"}
        )
        for _ in range(4)
    ]
    answers = await asyncio.gather(*asked)
    assert {answer.status_code for answer in answers} == {201}
    [url] = {answer.json()["url"] for answer in answers}
    path = url.removeprefix("http://localhost:8000")
    assert (await market.harness.get(path)).status_code == 200
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    [row] = await market.harness.sql("select k::text as text from idempotency_keys k")
    assert token.encode().hex() not in row["text"]


async def test_key_whose_response_cannot_be_decrypted_any_more_says_so(
    market: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"idempotency-key": "feed"}
    made = await market.harness.post("/calendar/feed", user=market.seeker, headers=headers)
    path = made.json()["url"].removeprefix("http://localhost:8000")
    monkeypatch.setattr(market.harness.app.state, "cipher", AddressCipher("another secret"))
    lost = await market.harness.post("/calendar/feed", user=market.seeker, headers=headers)
    assert (lost.status_code, lost.json()["code"]) == (422, "idempotency_key_reused")
    assert "can no longer be read" in lost.json()["detail"]
    assert (await market.harness.get(path)).status_code == 200


@pytest.mark.parametrize("name", ["x.ics", "x", "a" * 300 + ".ics", "%00.ics"])
async def test_an_unknown_address_is_not_found(market: Any, name: str) -> None:
    assert (await market.harness.get(f"/calendar/{name}")).status_code == 404


async def test_addresses_are_stored_as_hashes(market: Any) -> None:
    token = (await new_feed(market)).removeprefix("/calendar/").removesuffix(".ics")
    rows = await market.harness.sql("select f::text as text from calendar_feeds f")
    assert rows
    assert not any(token in row["text"] for row in rows)
