"""Notifications and preferences."""

from __future__ import annotations

from typing import Any

from gateway.examples.story import BOOKING, CONFIRMED, NOTIFICATION, TOKEN

SCHEMAS: dict[str, Any] = {
    "Notification": {
        "id": NOTIFICATION,
        "type": "booking.confirmed",
        "at": CONFIRMED,
        "title": "Your session with Grace Hopper is confirmed",
        "body": "Tuesday, 1 December 2026, 10:00–11:00 (Europe/Berlin)",
        "link": f"/booking/{BOOKING}",
        "read_at": None,
    },
    "NotificationSummary": {"unread": 3},
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
}
