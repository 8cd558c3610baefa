"""Ratings of sessions, and replies to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Reply(msgspec.Struct, frozen=True):
    """A consultant's reply to a rating."""

    body: str
    created_at: datetime


class Rating(msgspec.Struct, frozen=True):
    """A seeker's rating of a completed session; `score` is 1 to 5."""

    booking_id: UUID
    score: int
    comment: str | None
    created_at: datetime
    reply: Reply | None = None


class PublishedRating(msgspec.Struct, frozen=True):
    """A rating with its reply and what else its events say of the booking."""

    booking_id: UUID
    consultant_id: UUID
    seeker_id: UUID
    seeker_first_name: str
    score: int
    comment: str | None
    created_at: datetime
    reply: str | None
    replied_at: datetime | None
