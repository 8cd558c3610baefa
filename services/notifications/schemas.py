"""What the API of notifications takes and answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Notification(msgspec.Struct):
    """Something that a user was told. `link` is a path of the web app."""

    id: UUID
    type: str
    at: datetime
    title: str
    body: str
    link: str
    read_at: datetime | None


class Summary(msgspec.Struct):
    """How many notifications the user has not read."""

    unread: int
