"""A consultant's other calendars, whose events hide their slots. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

MAX_CALENDARS = 10
READ_EVERY = timedelta(minutes=15)
# How far ahead events matter: no slot is further away.
READ_AHEAD = timedelta(days=367)
# For how long a calendar may fail before its owner is notified.
PATIENCE = timedelta(days=1)


class CalendarStatus(StrEnum):
    """Whether the last attempt to read a calendar succeeded; one that was never read is `ok`."""

    OK = "ok"
    FAILING = "failing"


class BusyCalendar(msgspec.Struct, frozen=True):
    """A consultant's other calendar, without its address. `busy_until` is the end of its last busy
    time.
    """

    id: UUID
    consultant_id: UUID
    name: str
    host: str
    created_at: datetime
    last_read_at: datetime | None = None
    last_error: str | None = None
    failing_since: datetime | None = None
    failure_reported_at: datetime | None = None
    busy_until: datetime | None = None

    @property
    def status(self) -> CalendarStatus:
        """Whether the last attempt to read it succeeded."""
        return CalendarStatus.OK if self.last_error is None else CalendarStatus.FAILING

    def is_to_be_reported(self, at: datetime) -> bool:
        """Whether its owner is to be notified at `at` that it fails: once, after a day."""
        since = self.failing_since
        return self.failure_reported_at is None and since is not None and at - since >= PATIENCE
