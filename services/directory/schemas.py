"""What directory is asked and what it answers."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from shared.currencies import Code as Currency
from shared.fields import OneLine, Paragraphs

LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"

Headline = Annotated[
    OneLine,
    Meta(min_length=1, max_length=200, examples=["Kubernetes and PostgreSQL consultant"]),
]
Tag = Annotated[OneLine, Meta(min_length=1, max_length=50, examples=["kubernetes"])]
Language = Annotated[
    str,
    Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", max_length=35, examples=["en", "pt-BR"]),
]
HourlyRate = Annotated[
    int,
    Meta(
        ge=1,
        le=100_000_000,
        examples=[15000],
        description="In minor units: 15000 is 150.00 for usd.",
    ),
]
AverageRating = Annotated[
    float | None, Meta(description="Two decimals, rounded half up; null before the first rating.")
]


class SaveProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of a profile: what was there before is replaced. Text is text: HTML in it is shown,
    not obeyed.
    """

    headline: Headline
    bio: Annotated[
        Paragraphs, Meta(max_length=5000, examples=["Twelve years of keeping databases awake."])
    ]
    expertise_tags: Annotated[list[Tag], Meta(max_length=20)]
    hourly_rate: HourlyRate
    currency: Currency
    languages: Annotated[list[Language], Meta(max_length=20)] = []


class Card(Struct, frozen=True):
    """A consultant in a list. `next_available_at` is when their first free time begins, null when
    there is none.
    """

    consultant_id: UUID
    first_name: str
    last_name: str
    headline: str
    expertise_tags: list[str]
    languages: list[str]
    hourly_rate: int
    currency: str
    average_rating: AverageRating
    rating_count: int
    next_available_at: datetime | None
    photo_url: str | None
    created_at: datetime
    updated_at: datetime


class Profile(Struct, frozen=True):
    """A consultant as everybody may see them."""

    consultant_id: UUID
    first_name: str
    last_name: str
    headline: str
    bio: str
    expertise_tags: list[str]
    languages: list[str]
    hourly_rate: int
    currency: str
    average_rating: AverageRating
    rating_count: int
    next_available_at: datetime | None
    photo_url: str | None
    created_at: datetime
    updated_at: datetime


class ReplyView(Struct, frozen=True):
    """What the consultant replied."""

    body: str
    created_at: datetime


class Photo(Struct, frozen=True):
    """A consultant's photo: paths of WebP pictures, square, by the length of a side in pixels.
    `photo_url` is the largest.
    """

    photo_url: str
    sizes: dict[str, str]


class RatingView(Struct, frozen=True):
    """What a seeker said about a completed session."""

    score: int
    comment: str | None
    seeker_first_name: str
    created_at: datetime
    reply: ReplyView | None


Sort = Literal["relevance", "rating", "rate", "newest"]
