"""Notifications of two users about their booking: live, in the list, and by mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import icalendar
import pytest

from shared.testing import eventually
from tests.mailbox import Mailbox
from tests.people import World, confirmed
from tests.stack import Stack
from tests.streams import Stream


@pytest.fixture
async def mailbox(stack: Stack) -> AsyncIterator[Any]:
    made = Mailbox(stack.published["mail"])
    yield made
    await made.close()


async def test_both_hear_of_each_step_live_and_by_mail(world: World, mailbox: Mailbox) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    async with Stream(consultant) as theirs, Stream(seeker) as mine:
        booking = await confirmed(seeker, consultant, starts_in=timedelta(days=2))
        await theirs.sees("booking.requested", "booking.accepted", "booking.confirmed")
        await mine.sees("booking.accepted", "payment.authorized", "booking.confirmed")
        await seeker.cancel(booking["id"], "plans have changed")
        await theirs.sees("booking.cancelled", "notification.created")
        await mine.sees("booking.cancelled", "payment.released")
        assert {event["booking_id"] for event in mine.events} == {booking["id"]}
    subject = f"Ada {seeker.user['last_name']} has requested a session"
    asked = await mailbox.one(consultant.user["email"], subject)
    assert any(link.endswith(f"/booking/{booking['id']}") for link in asked["links"])
    for person in (seeker, consultant):
        mail = await mailbox.one(person.user["email"], "Confirmed")
        (attachment,) = mail["attachments"]
        (event,) = icalendar.Calendar.from_ical(attachment["content"]).walk("VEVENT")
        assert isinstance(event, icalendar.Event)
        assert event["UID"] == f"{booking['id']}@consultant-connect"
        assert event.start.isoformat() == booking["scheduled_start"].replace("Z", "+00:00")
        off = await mailbox.one(person.user["email"], "Cancelled")
        assert "METHOD:CANCEL" in off["attachments"][0]["content"]
    listed = (await seeker.get("/notifications"))["items"]
    assert [item["type"] for item in listed] == [
        "booking.cancelled",
        "booking.confirmed",
        "booking.accepted",
    ]
    assert (await seeker.get("/notifications/summary"))["unread"] == 3
    await seeker.post("/notifications/read", {"up_to": listed[0]["id"]})
    assert (await seeker.get("/notifications/summary"))["unread"] == 0


async def test_a_mails_link_switches_its_kind_off_without_a_sign_in(
    world: World, mailbox: Mailbox
) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    slots = await consultant.offer(starts_in=timedelta(days=2), count=2)
    await seeker.request(consultant, slots[0])
    mail = await mailbox.one(consultant.user["email"], "Ada")
    link = next(link for link in mail["links"] if "/unsubscribe?" in link)
    token = link.partition("token=")[2]
    page = await world.http.get("/unsubscribe", params={"token": token})
    assert page.headers["content-type"].startswith("text/html")
    wanted = await consultant.get("/notifications/preferences")
    assert set(wanted["email"].values()) == {True}
    done = await world.http.post("/notifications/unsubscribe", json={"token": token})
    assert done.status_code == 204
    wanted = await consultant.get("/notifications/preferences")
    assert wanted["email"] == {**dict.fromkeys(wanted["email"], True), "bookings": False}


def token_in(mail: Any, path: Any) -> Any:
    """The token in a mail's link to that page of the web app."""
    (link,) = [link for link in mail["links"] if path in link]
    return link.partition("#token=")[2]


async def test_an_account_is_verified_and_recovered_by_mail(world: World, mailbox: Mailbox) -> None:
    person = await world.person("seeker")
    email = person.user["email"]
    assert person.user["email_verified"] is False
    welcome = await mailbox.one(email, "Welcome")
    token = token_in(welcome, "/verify-email")
    for status in (204, 400):  # the link works once
        answer = await world.http.post("/users/verify-email", json={"token": token})
        assert answer.status_code == status
    assert (await person.get("/users/me"))["email_verified"] is True
    asked = await world.http.post("/users/password-reset", json={"email": email})
    assert asked.status_code == 202
    reset = token_in(await mailbox.one(email, "Reset"), "/reset-password")
    async with Stream(person) as stream:
        changed = await world.http.post(
            "/users/password-reset/confirm",
            json={"token": reset, "new_password": "another fine long passphrase"},
        )
        assert changed.status_code == 204
        await mailbox.one(email, "Your password was changed")
        connections = stream.connections

        async def refused() -> Any:
            answer = await person.call("GET", "/events")
            return answer.status_code == 401

        await eventually(refused)
        assert stream.connections == connections
