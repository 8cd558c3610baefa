"""Ratings and replies in requests and responses."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from services.booking.domain import ratings
from shared.fields import Paragraphs, RequestBody, VisibleParagraphs

ReplyBody = Annotated[
    VisibleParagraphs, msgspec.Meta(min_length=1, max_length=1000, examples=["Thank you, Ada."])
]

Comment = Annotated[
    Paragraphs, msgspec.Meta(max_length=2000, examples=["Clear, kind, and to the point."])
]


class NewRating(RequestBody, frozen=True):
    """The seeker's rating of the session."""

    score: Annotated[int, msgspec.Meta(ge=1, le=5)]
    comment: Comment | None = None


class NewReply(RequestBody, frozen=True):
    """The consultant's reply to a rating."""

    body: ReplyBody


class Reply(msgspec.Struct, frozen=True):
    """A consultant's reply to a rating."""

    body: str
    created_at: datetime


class Rating(msgspec.Struct, frozen=True):
    """A seeker's rating of a completed session."""

    booking_id: UUID
    score: int
    comment: str | None
    created_at: datetime
    reply: Reply | None = None


def reply_schema(reply: ratings.Reply) -> Reply:
    """A reply as a response."""
    return Reply(reply.body, reply.created_at)


def rating_schema(rating: ratings.Rating) -> Rating:
    """A rating as a response."""
    return Rating(
        booking_id=rating.booking_id,
        score=rating.score,
        comment=rating.comment,
        created_at=rating.created_at,
        reply=None if rating.reply is None else reply_schema(rating.reply),
    )
