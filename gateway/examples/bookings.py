"""Bookings: requests, changes, messages, calls and ratings."""

from __future__ import annotations

from typing import Any

from gateway.examples.story import (
    ACCEPTED,
    ADA,
    ANSWER_BY,
    BOOKING,
    CONFIRMED,
    CONSULTANT,
    END,
    ENDED,
    GRACE,
    LATER_END,
    LATER_SLOT,
    LATER_START,
    MESSAGE,
    RATING,
    REPLY,
    REQUESTED,
    SEEKER,
    SLOT,
    START,
    STARTED,
    TOKEN,
)

QUESTION = "Our nightly report has become slow. Could we look at its plan together?"
BOOKED = {
    "id": BOOKING,
    "seeker": SEEKER,
    "consultant": CONSULTANT,
    "slot_id": SLOT,
    "status": "confirmed",
    "message": QUESTION,
    "scheduled_start": START,
    "scheduled_end": END,
    "session_start_time": None,
    "session_end_time": None,
    "duration_seconds": None,
    "joint_seconds": None,
    "absent": None,
    "amount": 6000,
    "currency": "eur",
    "commission_amount": 900,
    "charged": None,
    "earned": None,
    "payment_intent_id": "pi_3SVx2kQ4mD8nTz3f1aBcDeFg",
    "payment_status": "authorized",
    "payment_failure": None,
    "payment_deadline": None,
    "respond_by": ANSWER_BY,
    "session_url": f"https://market.example/session/{BOOKING}",
    "reschedule": None,
    "unread_messages": 0,
    "rating": None,
    "created_at": REQUESTED,
    "updated_at": CONFIRMED,
}
NEW_BOOKING = BOOKED | {
    "status": "requested",
    "payment_intent_id": None,
    "payment_status": "none",
    "session_url": None,
    "updated_at": REQUESTED,
}
ACCEPTED_BOOKING = NEW_BOOKING | {
    "status": "accepted",
    "payment_status": "authorizing",
    "updated_at": ACCEPTED,
}
STARTED_BOOKING = BOOKED | {
    "status": "in_progress",
    "session_start_time": STARTED,
    "updated_at": STARTED,
}
PROPOSAL = {
    "proposed_by": "seeker",
    "slot_id": LATER_SLOT,
    "scheduled_start": LATER_START,
    "scheduled_end": LATER_END,
    "message": "I have to travel on Tuesday. Would Thursday suit you?",
    "expires_at": "2026-11-25T09:30:00Z",
}
MOVED_BOOKING = BOOKED | {
    "slot_id": LATER_SLOT,
    "scheduled_start": LATER_START,
    "scheduled_end": LATER_END,
    "updated_at": "2026-11-24T12:00:09Z",
}
POSTED = {
    "id": MESSAGE,
    "booking_id": BOOKING,
    "author": "seeker",
    "body": "The plan is at https://explain.example/plan/8f2c.",
    "created_at": "2026-11-23T19:02:44Z",
    "read_at": None,
}

SCHEMAS: dict[str, Any] = {
    "NewBooking": {"consultant_id": GRACE, "slot_id": SLOT, "message": QUESTION},
    "Booking": BOOKED,
    "TimelineEntry": {
        "at": ACCEPTED,
        "actor": "consultant",
        "event": "booking.accepted",
        "detail": {},
    },
    "Cancellation": {
        "can_cancel": True,
        "fee": 3000,
        "returned": 3000,
        "currency": "eur",
        "free_until": "2026-11-30T09:00:00Z",
        "policy": "Free until 24 hours before the start; after that half the price.",
    },
    "DeclineBooking": {"reason": "I am travelling that day."},
    "CancelBooking": {"reason": "I am travelling that day."},
    "NewRating": {"score": RATING["score"], "comment": RATING["comment"]},
    "Rating": RATING | {"booking_id": BOOKING, "reply": None},
    "NewReply": {"body": REPLY["body"]},
    "Reply": REPLY,
    "NewProposal": {"slot_id": LATER_SLOT, "message": PROPOSAL["message"]},
    "NewMessage": {"body": POSTED["body"]},
    "Message": POSTED,
    "ReadMessages": {"up_to": MESSAGE},
    "Call": {
        "room": "k3Wc9xQ2mT7vLr5nYb8dZa",
        "ice_servers": [
            {"urls": ["stun:turn.market.example:3478"]},
            {
                "urls": ["turn:turn.market.example:3478?transport=udp"],
                "username": f"1796137200:{ADA}",
                "credential": "kq0nB3yQm2l5oH1x7s9ZrVd4uWg=",
            },
        ],
        "ice_transport_policy": "all",
        "expires_at": "2026-12-01T15:00:00Z",
    },
    "ReportPresence": {"state": "here"},
    "SessionPresence": {
        "seeker": {"present": True, "seconds": 1260},
        "consultant": {"present": True, "seconds": 1215},
        "joint_seconds": 1210,
        "since": STARTED,
    },
    "NewSignal": {"data": {"type": "offer", "sdp": "v=0\r\n…"}},
    "CalendarFeed": {"url": f"https://market.example/calendar/{TOKEN}.ics"},
}
# Where an operation answers with something else.
OPERATIONS: dict[str, Any] = {
    "POST /bookings": NEW_BOOKING,
    "POST /bookings/{booking_id}/accept": ACCEPTED_BOOKING,
    "POST /bookings/{booking_id}/retry-payment": ACCEPTED_BOOKING,
    "POST /bookings/{booking_id}/decline": NEW_BOOKING
    | {"status": "declined", "updated_at": ACCEPTED},
    "POST /bookings/{booking_id}/cancel": BOOKED
    | {"status": "cancelled", "session_url": None, "updated_at": "2026-11-29T15:20:00Z"},
    "POST /bookings/{booking_id}/start": STARTED_BOOKING,
    "POST /bookings/{booking_id}/end": STARTED_BOOKING
    | {
        "status": "completed",
        "session_end_time": ENDED,
        "duration_seconds": 3465,
        "updated_at": ENDED,
    },
    "POST /bookings/{booking_id}/reschedule": BOOKED
    | {"reschedule": PROPOSAL, "updated_at": "2026-11-24T09:30:00Z"},
    "POST /bookings/{booking_id}/reschedule/accept": MOVED_BOOKING,
}
