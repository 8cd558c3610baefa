"""The tables of schema booking as statements name them. Constraints and indexes are in migrations/,
and only there.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "booking"
METADATA = MetaData(schema=SCHEMA)

# A time that a consultant offers. `is_booked` while a live or completed booking holds it.
availability_slots = Table(
    "availability_slots",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("consultant_id", Uuid, nullable=False),
    Column("start_time", DateTime(timezone=True), nullable=False),
    Column("end_time", DateTime(timezone=True), nullable=False),
    Column("is_booked", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

# What booking knows of a person: from their token at first, from identity's events since, of
# which `last_sequence` is the newest.
users = Table(
    "users",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("role", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("last_name", String, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("last_sequence", BigInteger),
)

# What a consultant asks for an hour, in minor units: from directory's events.
consultant_prices = Table(
    "consultant_prices",
    METADATA,
    Column("consultant_id", Uuid, primary_key=True),
    Column("hourly_rate", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("last_sequence", BigInteger),
)

bookings = Table(
    "bookings",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("seeker_id", Uuid, nullable=False),
    Column("consultant_id", Uuid, nullable=False),
    # no foreign key: a slot that is free again may be withdrawn
    Column("slot_id", Uuid, nullable=False),
    Column("status", String, nullable=False),
    Column("message", String),
    Column("scheduled_start", DateTime(timezone=True), nullable=False),
    Column("scheduled_end", DateTime(timezone=True), nullable=False),
    Column("session_start_time", DateTime(timezone=True)),
    Column("session_end_time", DateTime(timezone=True)),
    Column("duration_seconds", Integer),
    # The terms of the moment of the request (policy.BookingTerms).
    Column("respond_by", DateTime(timezone=True), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("commission_bps", Integer, nullable=False),
    Column("commission_amount", BigInteger, nullable=False),
    Column("free_period_seconds", Integer, nullable=False),
    Column("cancel_free_seconds", Integer, nullable=False),
    Column("late_cancel_bps", Integer, nullable=False),
    Column("payment_grace_seconds", Integer, nullable=False),
    # What payments has told; `last_payment_sequence` is the newest of its events.
    Column("payment_status", String, nullable=False),
    Column("payment_intent_id", String),
    Column("payment_failure", String),
    Column("payment_deadline", DateTime(timezone=True)),
    Column("payment_attempt", Integer, nullable=False),
    Column("last_payment_sequence", BigInteger),
    Column("cancelled_by", String),
    Column("cancellation_fee", BigInteger),
    Column("reason", String),  # of the decline or cancellation
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

ratings = Table(
    "ratings",
    METADATA,
    Column("booking_id", Uuid, primary_key=True),
    Column("score", SmallInteger, nullable=False),
    Column("comment", String),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# Everything that happened to a booking, money included, for its two parties to read. The database
# refuses to change it.
timeline = Table(
    "timeline",
    METADATA,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("booking_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String, nullable=False),
    Column("event", String, nullable=False),
    Column("detail", JSONB, nullable=False),
)

# Whose free time has changed since it was last published; and per consultant the version last
# published, and when the next may be.
free_time_changes = Table(
    "free_time_changes",
    METADATA,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("consultant_id", Uuid, nullable=False),
)
free_time_feed = Table(
    "free_time_feed",
    METADATA,
    Column("consultant_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
)
