"""What templates and the sender speak of. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.notifications.domain import formats


class Facts(msgspec.Struct):
    """What there is to say, as a mail's row keeps it: the event, in which role the reader is
    addressed, with whom, and when the session is.
    """

    event: dict[str, Any] = {}
    reader: str = "owner"
    other_id: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None
    calendar_sequence: int = 0
    messages: list[dict[str, Any]] = []


class Person(msgspec.Struct):
    """A reader, or the other party: names, and the reader's zone."""

    first_name: str = ""
    last_name: str = ""
    time_zone: str = "UTC"

    @property
    def name(self) -> str:
        """Both names on one line."""
        return formats.one_line(f"{self.first_name} {self.last_name}", 80)
