"""What the examples have in common: Ada asks Grace for an hour about her database."""

from __future__ import annotations

ADA, GRACE = "019a4a5e-2c00-730b-9600-35a99373a6b4", "019a4a5e-2c00-7c31-9d5e-3f1a2b4c5d6e"
SLOT, LATER_SLOT = "019a4a5e-2c00-7558-8383-31b742a6f1d5", "019a4a5e-2c00-7e0b-b1f2-5f0b2c7d9e13"
BOOKING = "019a4a5e-2c00-701d-857c-49888db925f4"
# The rate is 60.00 EUR, the commission 15 %.
REQUESTED, ANSWER_BY = "2026-11-22T18:20:00Z", "2026-11-24T18:20:00Z"
ACCEPTED, CONFIRMED = "2026-11-23T08:04:11Z", "2026-11-23T08:04:13Z"
START, END = "2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z"
STARTED, ENDED = "2026-12-01T09:01:07Z", "2026-12-01T09:58:52Z"
CAPTURED, RATED, REPLIED = "2026-12-01T09:58:54Z", "2026-12-01T11:12:40Z", "2026-12-01T16:45:02Z"
LATER_START, LATER_END = "2026-12-03T09:00:00Z", "2026-12-03T10:00:00Z"
SEEKER = {"id": ADA, "first_name": "Ada", "last_name": "Byron"}
CONSULTANT = {"id": GRACE, "first_name": "Grace", "last_name": "Hopper"}
TOKEN = "9vJ2kQ4mD8nTz3f1aBcDeFgHiJkLmNoPqRsTuVwXyZ0"  # noqa: S105  # nosec B105
PHOTO = f"/photos/{GRACE}.4f1d2c7ab08e93d5.{{}}.webp"
MESSAGE = "019a4a5e-2c00-7b53-8a13-e45914982b79"
NOTIFICATION = "019a4a5e-2c00-7242-ab99-f6773a843ffe"
CALENDAR = "019a4a5e-2c00-7ead-86bf-c214d3172c37"
SESSION = "019a4a5e-2c00-7c3a-89bf-22e12411b6af"
REPLY = {"body": "Thank you, Ada. Enjoy the quiet nights.", "created_at": REPLIED}
RATING = {"score": 5, "comment": "Clear, patient and to the point.", "created_at": RATED}
