"""Parameters in path and query, by name."""

from __future__ import annotations

from typing import Any

from gateway.examples.story import BOOKING, CALENDAR, GRACE, PHOTO, SESSION, SLOT, TOKEN

PARAMETERS: dict[str, Any] = {
    "at": "2026-11-23T12:00:00Z",
    "available_from": "2026-12-01T00:00:00Z",
    "available_to": "2026-12-15T00:00:00Z",
    "booking_id": BOOKING,
    "calendar_id": CALENDAR,
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
    "session_id": SESSION,
    "slot_id": SLOT,
    "sort": "rating",
    "status": ["confirmed"],
    "tag": ["postgresql"],
    "to": "2026-12-15T00:00:00Z",
    "token": TOKEN,
    "unread": True,
    "year": 2026,
}
