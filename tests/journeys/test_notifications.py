"""What two people are told of their booking: as it happens, in the list, and by mail."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest

from tests.mailbox import Mailbox
from tests.people import confirmed
from tests.streams import Stream


@pytest.fixture
async def mailbox(stack):
    made = Mailbox(stack.told["mail"])
    yield made
    await made.close()


async def test_both_hear_of_each_step_live_and_by_mail(world, mailbox):
    consultant, seeker = await world.consultant(), await world.seeker()
    async with Stream(consultant) as theirs, Stream(seeker) as mine:
        booking = await confirmed(seeker, consultant, starts_in=timedelta(days=2))
        await theirs.sees("booking.requested", "booking.accepted", "booking.confirmed")
        await mine.sees("booking.accepted", "payment.authorized", "booking.confirmed")
        await seeker.cancel(booking["id"], "plans have changed")
        await theirs.sees("booking.cancelled", "notification.created")
        await mine.sees("booking.cancelled", "payment.released")
        assert {event["booking_id"] for event in mine.events} == {booking["id"]}
    asked = await mailbox.one(consultant.user["email"], f"Ada {seeker.user['last_name']} asks")
    assert any(link.endswith(f"/booking/{booking['id']}") for link in asked["links"])
    for person in (seeker, consultant):
        mail = await mailbox.one(person.user["email"], "Confirmed")
        (attachment,) = mail["attachments"]
        (event,) = icalendar.Calendar.from_ical(attachment["content"]).walk("VEVENT")
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


async def test_a_mails_link_switches_its_kind_off_without_a_sign_in(world, mailbox):
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
