"""One booking from request to rating, as its two parties experience it."""

from datetime import timedelta

from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.events import (
    BookingAccepted,
    BookingConfirmed,
    BookingRequested,
    SessionEnded,
    SessionRated,
    SessionStarted,
)


async def test_request_accept_confirm_start_end_rate(market: Market) -> None:
    slot = await market.slot(timedelta(minutes=5), minutes=45)
    answer = await market.request(slot, message="About my pension")
    assert answer.status_code == 201
    booking = answer.json()
    assert booking == {
        "id": booking["id"],
        "seeker": {"id": str(market.seeker.id), "first_name": "Ada", "last_name": "Byron"},
        "consultant": {
            "id": str(market.consultant.id),
            "first_name": "Grace",
            "last_name": "Hopper",
        },
        "slot_id": slot["id"],
        "status": "requested",
        "message": "About my pension",
        "scheduled_start": slot["start_time"],
        "scheduled_end": slot["end_time"],
        "session_start_time": None,
        "session_end_time": None,
        "duration_seconds": None,
        "amount": 9_000,
        "currency": "usd",
        "commission_amount": 1_350,
        "charged": None,
        "earned": None,
        "payment_intent_id": None,
        "payment_status": "none",
        "payment_failure": None,
        "payment_deadline": None,
        "respond_by": slot["start_time"],
        "joint_seconds": None,
        "absent": None,
        "session_url": None,
        "reschedule": None,
        "unread_messages": 0,
        "rating": None,
        "created_at": booking["created_at"],
        "updated_at": booking["created_at"],
    }
    assert await market.read(booking) == booking
    assert not await market.is_free(slot["id"])
    [requested] = await market.harness.emitted(BookingRequested)
    assert (str(requested.booking_id), requested.amount, requested.commission_bps) == (
        booking["id"],
        9_000,
        1_500,
    )

    accepted = (await market.do("accept", booking, market.consultant)).json()
    assert (accepted["status"], accepted["payment_status"]) == ("accepted", "authorizing")
    [event] = await market.harness.emitted(BookingAccepted)
    assert (event.commission_amount, event.attempt) == (1_350, 1)

    await market.harness.deliver(market.authorized(booking))
    confirmed = await market.read(booking)
    assert (confirmed["status"], confirmed["payment_status"], confirmed["payment_intent_id"]) == (
        "confirmed",
        "authorized",
        "pi_1",
    )
    assert len(await market.harness.emitted(BookingConfirmed)) == 1

    started = await market.do("start", booking, market.seeker)
    assert (started.status_code, started.json()["status"]) == (200, "in_progress")
    began = instant(started.json()["session_start_time"])
    [event_started] = await market.harness.emitted(SessionStarted)
    assert event_started.session_start_time == began

    with clock.shifted(timedelta(minutes=12)):
        ended = (await market.do("end", booking, market.consultant)).json()
    assert (ended["status"], ended["duration_seconds"]) == ("completed", 720)
    [over] = await market.harness.emitted(SessionEnded)
    assert (over.billable, over.ended_by, over.duration_seconds) == (True, "consultant", 720)

    rating = await market.do("rating", booking, market.seeker, score=5, comment="Clear and kind")
    assert rating.status_code == 201
    assert rating.json() == {
        "booking_id": booking["id"],
        "score": 5,
        "comment": "Clear and kind",
        "created_at": rating.json()["created_at"],
        "reply": None,
    }
    assert (await market.read(booking))["rating"] == rating.json()
    [rated] = await market.harness.emitted(SessionRated)
    assert (rated.score, rated.comment, rated.seeker_first_name) == (5, "Clear and kind", "Ada")

    timeline = (
        await market.harness.get(f"/bookings/{booking['id']}/timeline", user=market.consultant)
    ).json()
    assert [(entry["actor"], entry["event"]) for entry in timeline["items"]] == [
        ("seeker", "booking.requested"),
        ("consultant", "booking.accepted"),
        ("system", "payment.authorized"),
        ("system", "booking.confirmed"),
        ("seeker", "session.started"),
        ("consultant", "session.ended"),
        ("seeker", "session.rated"),
    ]
    assert timeline["next_cursor"] is None
    assert timeline["items"][5]["detail"] == {"duration_seconds": 720, "billable": True}
