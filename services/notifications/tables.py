"""The tables of schema notifications as statements name them. Constraints and indexes are in
migrations/.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "notifications"
METADATA = MetaData(schema=SCHEMA)

# Whom there is to tell, as identity last said. `unsubscribe_key` signs the links in their mails.
users = Table(
    "users",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("role", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("last_name", String, nullable=False),
    Column("email", String),
    Column("email_verified", Boolean, nullable=False),
    Column("time_zone", String, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("last_sequence", BigInteger),
    Column("address_sequence", BigInteger),
    Column("unsubscribe_key", LargeBinary, nullable=False),
)

# Bookings, as the service of that name last said. `reminders_for` is the start for which reminders
# were planned.
bookings = Table(
    "bookings",
    METADATA,
    Column("booking_id", Uuid, primary_key=True),
    Column("seeker_id", Uuid, nullable=False),
    Column("consultant_id", Uuid, nullable=False),
    Column("status", String, nullable=False),
    Column("scheduled_start", DateTime(timezone=True), nullable=False),
    Column("scheduled_end", DateTime(timezone=True), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("calendar_sequence", Integer, nullable=False),
    Column("is_rated", Boolean, nullable=False),
    Column("reminders_for", DateTime(timezone=True)),
    Column("last_sequence", BigInteger),
)

# Facts about bookings that are not known yet, until they are.
early_events = Table(
    "early_events",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("booking_id", Uuid, nullable=False),
    Column("type", String, nullable=False),
    Column("body", String, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# Up to which message of a booking each party has read.
message_reads = Table(
    "message_reads",
    METADATA,
    Column("booking_id", Uuid, primary_key=True),
    Column("reader_id", Uuid, primary_key=True),
    Column("up_to", Uuid, nullable=False),
)

# What a user was told, for the list in the app.
notifications = Table(
    "notifications",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("type", String, nullable=False),
    Column("booking_id", Uuid),
    Column("title", String, nullable=False),
    Column("body", String, nullable=False),
    Column("link", String, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
)

# The last id that was given out in each user's stream; its row lock orders their events.
stream_positions = Table(
    "stream_positions",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("last_id", BigInteger, nullable=False),
    Column("oldest_id", BigInteger, nullable=False),
)

# The last 24 hours of each user's stream. `data` is the JSON that is sent.
stream_events = Table(
    "stream_events",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("event", String, nullable=False),
    Column("data", String, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# Sessions that identity has ended: `session_id` null is all of the user's but `except_session_id`.
ended_sessions = Table(
    "ended_sessions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("session_id", String),
    Column("except_session_id", String),
    Column("ended_at", DateTime(timezone=True), nullable=False),
)

# Mails to be sent and sent. `state`: due, sent, failed (refused for good), expired (not accepted
# in two days), void (about something that is over). `context` is what the template is given.
mails = Table(
    "mails",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("kind", String, nullable=False),
    Column("category", String),
    Column("booking_id", Uuid),
    Column("fact", String, nullable=False),
    Column("address", String),
    Column("context", JSONB, nullable=False),
    Column("state", String, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("give_up_at", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("leased_until", DateTime(timezone=True)),
    Column("last_error", String),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
)

# Which kinds of mail a user wants; no row is all of them.
preferences = Table(
    "preferences",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("bookings", Boolean, nullable=False),
    Column("reminders", Boolean, nullable=False),
    Column("payments", Boolean, nullable=False),
    Column("messages", Boolean, nullable=False),
    Column("ratings", Boolean, nullable=False),
)
