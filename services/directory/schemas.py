"""Request and response bodies of the directory API, and conversions from and to domain objects."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from services.directory.domain import model
from services.directory.domain.photos import SIDES, photo_url
from shared.currencies import Code as Currency
from shared.currencies import refusal_of_rate
from shared.fields import OneLine, Paragraphs, RequestBody
from shared.rules import ValidFields

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
Verified = Annotated[
    bool,
    Meta(description="Whether the e-mail address is verified and the payout account is active."),
]


class SaveProfile(RequestBody, frozen=True):
    """A whole profile, which replaces the previous one. Text is plain text: HTML in it is
    displayed, not interpreted.
    """

    headline: Headline
    bio: Annotated[
        Paragraphs, Meta(max_length=5000, examples=["Twelve years of keeping databases awake."])
    ]
    expertise_tags: Annotated[list[Tag], Meta(max_length=20)]
    hourly_rate: HourlyRate
    currency: Currency
    languages: Annotated[list[Language], Meta(max_length=20)] = field(default_factory=list)

    @staticmethod
    def related_errors(fields: ValidFields) -> Iterable[tuple[str, str]]:
        """A price that no card can be charged in that currency."""
        if {"hourly_rate", "currency"} <= fields.keys():
            refusal = refusal_of_rate(fields["hourly_rate"], fields["currency"])
            if refusal is not None:
                yield "hourly_rate", refusal


class Card(Struct, frozen=True):
    """A consultant in a list. `next_available_at` is when their first free time begins; null if
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
    verified: Verified
    created_at: datetime
    updated_at: datetime


class Profile(Struct, frozen=True):
    """A consultant's public profile."""

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
    verified: Verified
    created_at: datetime
    updated_at: datetime


class Reply(Struct, frozen=True):
    """A consultant's reply to a rating."""

    body: str
    created_at: datetime


class Photo(Struct, frozen=True):
    """A consultant's photo: paths of square WebP pictures, by side length in pixels. `photo_url` is
    the largest.
    """

    photo_url: str
    sizes: dict[str, str]


class ConsultantRating(Struct, frozen=True):
    """A seeker's rating of a completed session."""

    score: int
    comment: str | None
    seeker_first_name: str
    created_at: datetime
    reply: Reply | None


class PublicPage(Struct, frozen=True):
    """A consultant's page that search engines may index."""

    consultant_id: UUID
    first_name: str
    last_name: str
    updated_at: datetime


class Gone(Struct, frozen=True):
    """Whether a consultant's page existed and is permanently closed."""

    gone: bool


def draft_from_schema(data: SaveProfile) -> model.ProfileDraft:
    """The draft in a request."""
    return model.ProfileDraft(
        headline=data.headline,
        bio=data.bio,
        expertise_tags=data.expertise_tags,
        languages=data.languages,
        hourly_rate=data.hourly_rate,
        currency=data.currency,
    )


def card_schema(profile: model.Profile) -> Card:
    """A profile in a list."""
    average = profile.average_hundredths
    return Card(
        profile.consultant_id,
        profile.first_name,
        profile.last_name,
        profile.headline,
        profile.expertise_tags,
        profile.languages,
        profile.hourly_rate,
        profile.currency,
        None if average is None else average / 100,
        profile.rating_count,
        profile.next_available_at,
        photo_url(profile.consultant_id, profile.photo),
        profile.is_verified,
        profile.created_at,
        profile.updated_at,
    )


def profile_schema(profile: model.Profile) -> Profile:
    """A profile as a response."""
    card = card_schema(profile)
    fields = {name: getattr(card, name) for name in Card.__struct_fields__}
    return Profile(bio=profile.bio or "", **fields)


def consultant_rating_schema(rating: model.Rating) -> ConsultantRating:
    """A rating in a consultant's list."""
    return ConsultantRating(
        rating.score,
        rating.comment,
        rating.seeker_first_name,
        rating.created_at,
        None if rating.reply is None else reply_schema(rating.reply),
    )


def reply_schema(reply: model.Reply) -> Reply:
    """A reply as a response."""
    return Reply(reply.body, reply.created_at)


def photo_schema(consultant_id: UUID, digest: str) -> Photo:
    """The saved photo as a response."""
    sizes = {str(side): photo_url(consultant_id, digest, side) or "" for side in SIDES}
    return Photo(sizes[str(SIDES[-1])], sizes)


def public_page_schema(page: model.PublicPage) -> PublicPage:
    """A page in the list for the sitemap."""
    return PublicPage(page.consultant_id, page.first_name, page.last_name, page.updated_at)
