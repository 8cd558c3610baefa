"""Requests and responses as Pydantic models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]


class Request(BaseModel):
    """A request body; unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """A response, from the attributes of a row."""

    model_config = ConfigDict(from_attributes=True)


class Registration(Request):
    """A new account."""

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=320)]
    password: Annotated[str, Field(min_length=10, max_length=128)]
    first_name: Name
    last_name: Name
    role: Literal["seeker", "consultant"]


class ProfileEdit(Request):
    """A consultant's profile."""

    headline: Name
    bio: Text
    expertise_tags: Annotated[list[Label], Field(min_length=1, max_length=20)]
    languages: list[Label] = []
    hourly_rate: Annotated[int, Field(gt=0, le=100_000_000)]
    currency: Annotated[str, Field(pattern="^[a-z]{3}$")]


class NewSlot(Request):
    """A slot to offer."""

    start_time: AwareDatetime
    end_time: AwareDatetime


class NewSlots(Request):
    """Slots to offer, all or none."""

    slots: Annotated[list[NewSlot], Field(min_length=1, max_length=200)]


class NewBooking(Request):
    """A request for a slot."""

    consultant_id: UUID
    slot_id: UUID
    message: Text | None = None


class UserAnswer(Answer):
    """A user's own account."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: str
    is_active: bool
    time_zone: str
    created_at: datetime
    updated_at: datetime


class Session(Answer):
    """A sign-in."""

    user: UserAnswer
    access_token: str
    token_type: str = "bearer"  # noqa: S105 - RFC 6750's word
    expires_in: int


class Card(Answer):
    """A consultant in a list."""

    consultant_id: UUID
    first_name: str
    last_name: str
    headline: str
    expertise_tags: list[str]
    languages: list[str]
    hourly_rate: int
    currency: str
    average_rating: float | None
    rating_count: int
    next_available_at: datetime | None
    created_at: datetime
    updated_at: datetime


class ProfileAnswer(Card):
    """A consultant's profile."""

    bio: str


class SlotAnswer(Answer):
    """A slot."""

    id: UUID
    consultant_id: UUID
    start_time: datetime
    end_time: datetime
    is_booked: bool
    created_at: datetime
    updated_at: datetime


class Party(Answer):
    """A party of a booking."""

    id: UUID
    first_name: str
    last_name: str


class BookingAnswer(Answer):
    """A booking."""

    id: UUID
    seeker: Party
    consultant: Party
    slot_id: UUID
    status: str
    message: str | None
    scheduled_start: datetime
    scheduled_end: datetime
    session_start_time: datetime | None
    session_end_time: datetime | None
    duration_seconds: int | None
    amount: int
    currency: str
    commission_amount: int
    payment_intent_id: str | None
    payment_status: str
    payment_failure: str | None
    respond_by: datetime
    created_at: datetime
    updated_at: datetime


class Cards(Answer):
    """A page of consultants."""

    items: list[Card]
    next_cursor: str | None = None


class Slots(Answer):
    """A list of slots."""

    items: list[SlotAnswer]
    next_cursor: str | None = None
