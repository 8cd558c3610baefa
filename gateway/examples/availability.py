"""Slots, weekly rules, busy calendars and the waitlist."""

from __future__ import annotations

from typing import Any

from gateway.examples.story import CALENDAR, CONSULTANT, END, GRACE, REQUESTED, SLOT, START

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
BUSY_CALENDAR = {
    "id": CALENDAR,
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

SCHEMAS: dict[str, Any] = {
    "Slot": SLOT_VALUE,
    "Slots": {"items": [SLOT_VALUE]},
    "NewSlots": {"slots": [{"start_time": START, "end_time": END}]},
    "NewRules": RULES,
    "Rules": RULES | {"slots": 51, "next_slot": "2026-11-23T08:00:00Z", "warnings": []},
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
    "Calendar": BUSY_CALENDAR,
    "CalendarPage": {"items": [BUSY_CALENDAR], "next_cursor": None},
    "NewWaitlistEntry": {"from": WAIT["from"], "to": WAIT["to"]},
    "WaitlistEntry": WAIT,
    "MyWaitlistEntry": WAIT | {"consultant": CONSULTANT},
}
# Where an operation answers with something else.
OPERATIONS: dict[str, Any] = {
    "POST /consultants/me/calendars": BUSY_CALENDAR | {"last_read_at": None, "busy_until": None},
}
