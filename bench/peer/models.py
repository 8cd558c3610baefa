"""The tables, in SQLAlchemy's declarative mapping."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Computed, DateTime, ForeignKey, Index, Numeric, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


def now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """A UUID of version 7."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = milliseconds << 80 | 7 << 76 | (random >> 64 & 0xFFF) << 64 | 2 << 62
    return UUID(int=value | random & (1 << 62) - 1)


class Base(DeclarativeBase):
    """Columns common to all tables."""

    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012


class User(Base):
    """A user with an account."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    hashed_password: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    role: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    time_zone: Mapped[str] = mapped_column(default="UTC")
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class Profile(Base):
    """A consultant's profile, with the searched text and the rating average."""

    __tablename__ = "profiles"

    consultant_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    headline: Mapped[str]
    bio: Mapped[str] = mapped_column(Text)
    expertise_tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    hourly_rate: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    searched: Mapped[str] = mapped_column(Text)
    rating_sum: Mapped[int] = mapped_column(default=0)
    rating_count: Mapped[int] = mapped_column(default=0)
    average_rating: Mapped[float | None] = mapped_column(
        Numeric(3, 2, asdecimal=False),
        Computed("round(rating_sum::numeric / nullif(rating_count, 0), 2)", persisted=True),
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    user: Mapped[User] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "profiles_searched",
            "searched",
            postgresql_using="gin",
            postgresql_ops={"searched": "gin_trgm_ops"},
        ),
        Index(
            "profiles_best", text("coalesce(average_rating, 0) desc"), text("consultant_id desc")
        ),
    )


class Slot(Base):
    """A time offered by a consultant."""

    __tablename__ = "slots"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    consultant_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    start_time: Mapped[datetime]
    end_time: Mapped[datetime]
    is_booked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    __table_args__ = (
        ExcludeConstraint(
            ("consultant_id", "="),
            (text("tstzrange(start_time, end_time)"), "&&"),
            name="slots_do_not_overlap",
            using="gist",
        ),
        Index("slots_free", "consultant_id", "start_time", postgresql_where=text("not is_booked")),
    )


class Booking(Base):
    """The agreement between a seeker and a consultant on one slot."""

    __tablename__ = "bookings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    seeker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    consultant_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slots.id"))
    status: Mapped[str] = mapped_column(default="requested")
    message: Mapped[str | None]
    scheduled_start: Mapped[datetime]
    scheduled_end: Mapped[datetime]
    session_start_time: Mapped[datetime | None]
    session_end_time: Mapped[datetime | None]
    duration_seconds: Mapped[int | None]
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    commission_amount: Mapped[int]
    payment_intent_id: Mapped[str | None]
    payment_status: Mapped[str] = mapped_column(default="none")
    payment_failure: Mapped[str | None]
    respond_by: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    seeker: Mapped[User] = relationship(foreign_keys=[seeker_id], lazy="raise")
    consultant: Mapped[User] = relationship(foreign_keys=[consultant_id], lazy="raise")

    __table_args__ = (
        Index(
            "bookings_one_live_per_slot",
            "slot_id",
            unique=True,
            postgresql_where=text(
                "status in ('requested', 'accepted', 'payment_failed', 'confirmed', 'in_progress')"
            ),
        ),
    )
