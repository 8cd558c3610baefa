"""Consultants, profiles and ratings as values."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

Sort = Literal["relevance", "rating", "rate", "newest"]


class Consultant(Struct, frozen=True, kw_only=True):
    """A consultant as stored: their profile (`headline` is None until it is first saved),
    projections of other services' data, and values derived for lists and searches.

    `hourly_rate` is in minor units of `currency`; `average_hundredths` is the average rating in
    hundredths, None before the first rating. `photo` is the digest of the current picture.
    """

    consultant_id: UUID
    no: int
    first_name: str
    last_name: str
    email_verified: bool
    last_user_sequence: int | None
    is_active: bool
    is_rejected: bool
    payouts_active: bool
    last_payout_account_sequence: int | None
    headline: str | None
    bio: str | None
    photo: str | None
    expertise_tags: list[str]
    languages: list[str]
    hourly_rate: int | None
    currency: str | None
    rating_sum: int
    rating_count: int
    next_available_at: datetime | None
    minimum_notice: timedelta
    last_availability_sequence: int | None
    tag_keys: list[str]
    language_keys: list[str]
    strong_words: str
    weak_words: str
    needs_reindexing: bool
    created_at: datetime | None
    updated_at: datetime | None
    average_hundredths: int | None
    quality: int
    rating_rank: int
    is_listed: bool

    @property
    def is_verified(self) -> bool:
        """Whether their e-mail address is verified, and their payout account can receive."""
        return self.email_verified and self.payouts_active and not self.is_rejected


class ProfileDraft(Struct, frozen=True):
    """The new content of a profile."""

    headline: str
    bio: str
    expertise_tags: list[str]
    languages: list[str]
    hourly_rate: int
    currency: str


class Profile(Struct, frozen=True, kw_only=True):
    """A published profile at the time of the request: `next_available_at` is when the next free
    time begins. In lists `bio` is not read, and is None.
    """

    consultant_id: UUID
    first_name: str
    last_name: str
    headline: str
    bio: str | None = None
    expertise_tags: list[str]
    languages: list[str]
    hourly_rate: int
    currency: str
    average_hundredths: int | None
    rating_count: int
    next_available_at: datetime | None
    photo: str | None
    is_verified: bool
    created_at: datetime
    updated_at: datetime


class Reply(Struct, frozen=True):
    """A consultant's reply to a rating."""

    body: str
    created_at: datetime


class Rating(Struct, frozen=True):
    """A seeker's rating of a session."""

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
