"""The examples in the API description: Ada asks Grace for an hour about her database, by schema,
operation, media type and parameter.
"""

from __future__ import annotations

from typing import Any

ADA, GRACE = "019a4a5e-2c00-730b-9600-35a99373a6b4", "019a4a5e-2c00-7c31-9d5e-3f1a2b4c5d6e"
SLOT, LATER_SLOT = "019a4a5e-2c00-7558-8383-31b742a6f1d5", "019a4a5e-2c00-7e0b-b1f2-5f0b2c7d9e13"
BOOKING = "019a4a5e-2c00-701d-857c-49888db925f4"
MESSAGE, NOTIFICATION = (
    "019a4a5e-2c00-7b53-8a13-e45914982b79",
    "019a4a5e-2c00-7242-ab99-f6773a843ffe",
)
# The rate is 60.00 EUR, the commission 15 %.
REQUESTED, ANSWER_BY = "2026-11-22T18:20:00Z", "2026-11-24T18:20:00Z"
ACCEPTED, CONFIRMED = "2026-11-23T08:04:11Z", "2026-11-23T08:04:13Z"
START, END = "2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z"
STARTED, ENDED = "2026-12-01T09:01:07Z", "2026-12-01T09:58:52Z"
CAPTURED, RATED, REPLIED = "2026-12-01T09:58:54Z", "2026-12-01T11:12:40Z", "2026-12-01T16:45:02Z"
LATER_START, LATER_END = "2026-12-03T09:00:00Z", "2026-12-03T10:00:00Z"
PASSWORD = "correct horse battery staple"  # noqa: S105  # nosec B105
SEEKER = {"id": ADA, "first_name": "Ada", "last_name": "Byron"}
CONSULTANT = {"id": GRACE, "first_name": "Grace", "last_name": "Hopper"}
TOKEN = "9vJ2kQ4mD8nTz3f1aBcDeFgHiJkLmNoPqRsTuVwXyZ0"  # noqa: S105  # nosec B105
PHOTO = f"/photos/{GRACE}.4f1d2c7ab08e93d5.{{}}.webp"

USER = {
    "id": ADA,
    "email": "ada@example.org",
    "email_verified": True,
    "first_name": "Ada",
    "last_name": "Byron",
    "role": "seeker",
    "is_active": True,
    "time_zone": "Europe/Berlin",
    "language": "en",
    "created_at": "2026-11-22T18:02:31Z",
    "updated_at": "2026-11-22T18:03:05Z",
}
CARD = {
    "consultant_id": GRACE,
    "first_name": "Grace",
    "last_name": "Hopper",
    "headline": "PostgreSQL performance, explained",
    "expertise_tags": ["postgresql", "performance"],
    "languages": ["en", "de"],
    "hourly_rate": 6000,
    "currency": "eur",
    "average_rating": 4.83,
    "rating_count": 12,
    "next_available_at": START,
    "photo_url": PHOTO.format(256),
    "verified": True,
    "created_at": "2026-03-02T10:15:00Z",
    "updated_at": "2026-11-20T07:41:19Z",
}
BIO = "Fifteen years of databases: modelling, tuning, and calm migrations of large tables."
SLOT_VALUE = {
    "id": SLOT,
    "consultant_id": GRACE,
    "start_time": START,
    "end_time": END,
    "is_booked": False,
    "created_at": "2026-11-20T07:41:19Z",
    "updated_at": "2026-11-20T07:41:19Z",
}
RULES = {
    "time_zone": "Europe/Berlin",
    "weekly": [
        {"weekday": 1, "start": "09:00", "end": "12:00"},
        {"weekday": 4, "start": "14:00", "end": "18:00"},
    ],
    "slot_minutes": 60,
    "buffer_minutes": 15,
    "minimum_notice_minutes": 1440,
    "horizon_days": 60,
    "daily_limit": 4,
    "exceptions": [
        {"date": "2026-12-24", "closed": True},
        {"date": "2026-12-28", "start": "10:00", "end": "13:00"},
    ],
}
CALENDAR = {
    "id": "019a4a5e-2c00-7ead-86bf-c214d3172c37",
    "name": "Private",
    "host": "calendar.example.com",
    "status": "ok",
    "last_read_at": "2026-11-22T18:15:00Z",
    "last_error": None,
    "busy_until": "2026-12-18T15:00:00Z",
}
WAIT = {
    "id": "019a4a5e-2c00-77d3-9dd3-d7f857cfa505",
    "consultant_id": GRACE,
    "from": "2026-12-01T00:00:00Z",
    "to": "2026-12-15T00:00:00Z",
    "created_at": REQUESTED,
    "told_at": None,
}
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
REPLY = {"body": "Thank you, Ada. Enjoy the quiet nights.", "created_at": REPLIED}
RATING = {"score": 5, "comment": "Clear, patient and to the point.", "created_at": RATED}
POSTED = {
    "id": MESSAGE,
    "booking_id": BOOKING,
    "author": "seeker",
    "body": "The plan is at https://explain.example/plan/8f2c.",
    "created_at": "2026-11-23T19:02:44Z",
    "read_at": None,
}
SUMS = {"gross_amount": 6000, "refunded_amount": 0, "commission_amount": 900, "net_amount": 5100}
ISSUER = {
    "issuer": "Consultant Connect Ltd",
    "issuer_address": ["1 High Street", "London EC1A 1AA"],
    "tax_id": "GB 123 4567 89",
    "note": None,
}

BY_SCHEMA: dict[str, Any] = {
    # identity
    "UserAnswer": USER,
    "Session": {
        "user": USER,
        "access_token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIwMTlhNGE1ZSJ9.c2lnbmF0dXJl",  # nosec B105
        "token_type": "bearer",  # nosec B105
        "expires_in": 900,
        "refresh_token": "r1.8vYk3mQxN0w2Zt6bHs4LdQ",  # nosec B105
    },
    "Register": {
        "email": "ada@example.org",
        "password": PASSWORD,
        "first_name": "Ada",
        "last_name": "Byron",
        "role": "seeker",
    },
    "Login": {"email": "ada@example.org", "password": PASSWORD},
    "Refresh": {"refresh_token": "r1.8vYk3mQxN0w2Zt6bHs4LdQ"},  # nosec B105
    "ChangeUser": {"time_zone": "Europe/Berlin", "language": "en"},
    "ChangePassword": {
        "current_password": PASSWORD,
        "new_password": "a much longer horse and a staple",  # nosec B105
    },
    "ChangeEmail": {"new_email": "ada.byron@example.org", "current_password": PASSWORD},
    "VerifyEmail": {"token": TOKEN},
    "RequestPasswordReset": {"email": "ada@example.org"},
    "ResetPassword": {"token": TOKEN, "new_password": "a much longer horse and a staple"},  # nosec B105
    "SignInAnswer": {
        "id": "019a4a5e-2c00-7c3a-89bf-22e12411b6af",
        "current": True,
        "created_at": "2026-11-22T18:02:31Z",
        "last_used_at": "2026-11-23T07:55:12Z",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    },
    "PublicKeys": {
        "keys": [
            {
                "kty": "EC",
                "crv": "P-256",
                "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                "kid": "2026-11-01",
                "alg": "ES256",
                "use": "sig",
            }
        ]
    },
    # directory
    "Card": CARD,
    "Profile": CARD | {"bio": BIO},
    "SaveProfile": {
        "headline": CARD["headline"],
        "bio": BIO,
        "expertise_tags": ["postgresql", "performance"],
        "hourly_rate": 6000,
        "currency": "eur",
        "languages": ["en", "de"],
    },
    "RatingView": RATING | {"seeker_first_name": "Ada", "reply": REPLY},
    "Photo": {
        "photo_url": PHOTO.format(640),
        "sizes": {str(side): PHOTO.format(side) for side in (96, 256, 640)},
    },
    # booking
    "Slot": SLOT_VALUE,
    "Slots": {"items": [SLOT_VALUE]},
    "NewSlots": {"slots": [{"start_time": START, "end_time": END}]},
    "NewRules": RULES,
    "RulesAnswer": RULES | {"slots": 51, "next_slot": "2026-11-23T08:00:00Z", "warnings": []},
    "Explanation": {
        "at": "2026-11-23T12:00:00Z",
        "offered": False,
        "reasons": [
            {"code": "minimum_notice", "detail": "It is less than 1440 minutes ahead."},
            {"code": "booked", "detail": "A session is booked at that time."},
        ],
    },
    "NewCalendar": {
        "url": "https://calendar.example.com/private-8f2c/basic.ics",
        "name": "Private",
    },
    "Calendar": CALENDAR,
    "Calendars": {"items": [CALENDAR], "next_cursor": None},
    "NewWaitlistEntry": {"from": WAIT["from"], "to": WAIT["to"]},
    "WaitlistEntry": WAIT,
    "MyWaitlistEntry": WAIT | {"consultant": CONSULTANT},
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
    "Refusal": {"reason": "I am travelling that day."},
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
    "NewPresence": {"state": "here"},
    "SessionPresence": {
        "seeker": {"present": True, "seconds": 1260},
        "consultant": {"present": True, "seconds": 1215},
        "joint_seconds": 1210,
        "since": STARTED,
    },
    "NewSignal": {"data": {"type": "offer", "sdp": "v=0\r\n…"}},
    "CalendarFeed": {"url": f"https://market.example/calendar/{TOKEN}.ics"},
    # payments
    "SetupIntent": {
        "setup_intent_id": "seti_1SVx2kQ4mD8nTz3f",
        "client_secret": "seti_1SVx2kQ4mD8nTz3f_secret_TSn8QyWk",  # nosec B105
        "publishable_key": "pk_test_51SVx2kQ4mD8nTz3f",
    },
    "PaymentMethod": {
        "id": "pm_1SVx2kQ4mD8nTz3f",
        "brand": "visa",
        "last4": "4242",
        "exp_month": 4,
        "exp_year": 2030,
    },
    "ConnectAccount": {
        "account_id": "acct_1SVx2kQ4mD8nTz3f",
        "status": "pending",
        "onboarding_url": "https://connect.stripe.com/setup/e/acct_1SVx2kQ4mD8nTz3f/rT8nPz",
        "expires_at": "2026-11-22T18:25:00Z",
    },
    "ConnectStatus": {
        "account_id": "acct_1SVx2kQ4mD8nTz3f",
        "status": "restricted",
        "requirements": ["external_account"],
    },
    "HistoryItem": {
        "id": "019a4a5e-2c00-7f93-9d84-134d003ce1d1",
        "booking_id": BOOKING,
        "consultant": CONSULTANT,
        "session_date": START,
        "amount": 6000,
        "amount_refunded": 0,
        "charged": 6000,
        "currency": "eur",
        "status": "captured",
        "created_at": ACCEPTED,
    },
    "PayoutItem": {
        "id": "019a4a5e-2c00-7b86-86ad-d45688c02d52",
        "booking_id": BOOKING,
        "seeker": SEEKER,
        "session_date": START,
        "gross_amount": 6000,
        "commission_amount": 900,
        "amount": 5100,
        "currency": "eur",
        "status": "paid",
        "transfer_id": "tr_1SVx2kQ4mD8nTz3f",
        "available_on": CAPTURED,
        "created_at": CAPTURED,
    },
    "Spending": {
        "items": [
            {"month": "2026-12", "currency": "eur", "count": 2, "spent": 12000, "refunded": 0}
        ]
    },
    "Authentication": {"client_secret": "pi_3SVx2kQ4mD8nTz3f1aBcDeFg_secret_TSn8QyWk"},  # nosec B105
    "RefundRequest": {"reason": "The call broke off after ten minutes.", "amount": 3000},
    "Refund": {
        "id": "019a4a5e-2c00-7d63-8127-108f1feaf1f7",
        "booking_id": BOOKING,
        "amount": 3000,
        "reason": "The call broke off after ten minutes.",
        "status": "pending",
        "created_at": "2026-12-02T08:30:00Z",
    },
    "ReceiptView": {
        "number": "000007",
        "booking_id": BOOKING,
        "seeker": SEEKER,
        "consultant": CONSULTANT,
        "session_start": START,
        "session_end": END,
        "reason": "session_ended",
        "currency": "eur",
        "amount": 6000,
        "amount_refunded": 0,
        "total": 6000,
        "captured_at": CAPTURED,
        **ISSUER,
    },
    "StatementView": {
        "number": "2026",
        "year": 2026,
        "holder": CONSULTANT,
        **ISSUER,
        "items": [
            {
                "captured_at": CAPTURED,
                "receipt_number": "000007",
                "booking_id": BOOKING,
                "other_party": SEEKER,
                "session_start": START,
                "currency": "eur",
                **SUMS,
            }
        ],
        "totals": [{"currency": "eur", "count": 1, **SUMS}],
    },
    "Received": {"received": True},
    # notifications
    "Notification": {
        "id": NOTIFICATION,
        "type": "booking.confirmed",
        "at": CONFIRMED,
        "title": "Your session with Grace Hopper is confirmed",
        "body": "Tuesday, 1 December 2026, 10:00–11:00 (Europe/Berlin)",
        "link": f"/bookings/{BOOKING}",
        "read_at": None,
    },
    "Summary": {"unread": 3},
    "ReadNotifications": {"ids": [NOTIFICATION]},
    "Preferences": {
        "email": {
            "bookings": True,
            "reminders": True,
            "payments": True,
            "messages": False,
            "ratings": True,
        }
    },
    "Unsubscribe": {"token": TOKEN, "all": False},
    # the gateway's own
    "ClientConfig": {
        "brand": {"name": "Consultant Connect", "color": "#0f6b60", "logo_url": None},
        "currencies": [
            {"code": "eur", "exponent": 2, "minimum": 50, "maximum": 99_999_999, "step": 1}
        ],
        "locales": ["en", "de", "ar"],
        "free_period_seconds": 600,
        "commission_bps": 1500,
        "cancel_free_seconds": 86400,
        "late_cancel_bps": 5000,
        "minimum_slot_seconds": 900,
        "start_early_seconds": 900,
        "auto_end_after_seconds": 900,
        "stripe_publishable_key": "pk_test_51SVx2kQ4mD8nTz3f",
        "stripe_js_url": None,
        "features": {"sandbox": False, "verified_email_required": False},
    },
}
# What an operation answers where its schema's example would be wrong: by method and path.
BY_OPERATION: dict[str, Any] = {
    "POST /users/register": BY_SCHEMA["Session"]
    | {"user": USER | {"email_verified": False, "updated_at": USER["created_at"]}},
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
    "POST /consultants/me/calendars": CALENDAR | {"last_read_at": None, "busy_until": None},
}
BY_MEDIA_TYPE = {
    "text/calendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
    "PRODID:-//Consultant Connect//Bookings//EN\r\nBEGIN:VEVENT\r\n"
    f"UID:{BOOKING}@consultant-connect\r\nSEQUENCE:0\r\nDTSTAMP:20261123T080413Z\r\n"
    "DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z\r\nSTATUS:CONFIRMED\r\n"
    "SUMMARY:Session with Grace Hopper\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "text/csv": "date,receipt_number,booking_id,session_start,other_party,currency,"
    "gross_amount,refunded_amount,commission_amount,net_amount\r\n"
    f"{CAPTURED},000007,{BOOKING},{START},Ada Byron,eur,60.00,0.00,9.00,51.00\r\n",
    "text/html": "<!doctype html>\n<title>Unsubscribe</title>…",
    "text/event-stream": "id: 7\nevent: booking.confirmed\n"
    f'data: {{"id": 7, "type": "booking.confirmed", "at": "{CONFIRMED}",'
    f' "booking_id": "{BOOKING}"}}\n\n',
}
PARAMETERS: dict[str, Any] = {
    "at": "2026-11-23T12:00:00Z",
    "available_from": "2026-12-01T00:00:00Z",
    "available_to": "2026-12-15T00:00:00Z",
    "booking_id": BOOKING,
    "calendar_id": CALENDAR["id"],
    "consultant_id": GRACE,
    "file": PHOTO.format(256).rpartition("/")[2],
    "from": "2026-12-01T00:00:00Z",
    "language": "en",
    "last_event_id": "7",
    "limit": 20,
    "max_hourly_rate": 9000,
    "min_rating": 4,
    "role": "seeker",
    "search": "postgres",
    "session_id": "019a4a5e-2c00-7c3a-89bf-22e12411b6af",
    "slot_id": SLOT,
    "sort": "rating",
    "status": ["confirmed"],
    "tag": ["postgresql"],
    "to": "2026-12-15T00:00:00Z",
    "token": TOKEN,
    "unread": True,
    "year": 2026,
}
