"""Ratings and replies in requests."""

from typing import Annotated

import msgspec

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
