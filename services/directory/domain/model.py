"""Consultants, what is said of them, and what their profiles are made of, as values."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

Sort = Literal["relevance", "rating", "rate", "newest"]


class Consultant(Struct, frozen=True, kw_only=True):
    """A consultant as stored: their profile (`headline` is None before it was saved first), what
    other services have said of them, and what follows for lists and searches.

    `hourly_rate` is in minor units of `currency`; `average_hundredths` is the average rating in
    hundredths, None before the first. `photo` is the digest of the picture that is shown.
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
    """What a consultant wants their profile to say."""

    headline: str
    bio: str
    expertise_tags: list[str]
    languages: list[str]
    hourly_rate: int
    currency: str


class Profile(Struct, frozen=True, kw_only=True):
    """A published profile as it stands at the moment of the question: `next_available_at` is when
    the next free time begins. In lists `bio` is not read, and None.
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
    """What a consultant has answered to a rating."""

    body: str
    created_at: datetime


class Rating(Struct, frozen=True):
    """What a seeker has said about a session."""

    score: int
    comment: str | None
    seeker_first_name: str
    created_at: datetime
    reply: Reply | None


class PublicPage(Struct, frozen=True):
    """A consultant's page that search engines may show."""

    consultant_id: UUID
    first_name: str
    last_name: str
    updated_at: datetime
