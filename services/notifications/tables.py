"""The tables of schema notifications, for building statements. Constraints and indexes are in
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

# The projection of identity's users. `unsubscribe_key` signs the links in their mails.
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
    Column("language", String),
    Column("is_active", Boolean, nullable=False),
    Column("last_sequence", BigInteger),
    Column("address_sequence", BigInteger),
    Column("unsubscribe_key", LargeBinary, nullable=False),
)

# The projection of bookings. `reminders_for` is the start for which reminders were planned.
# `owes_nothing` is whether the payment was captured or released last, and not declined as a debt;
# `debt_sequence` is that of the payment's event that said so.
# Events about proposals do not carry the status: `status_sequence` is that of the newest one that
# does, and `status_at` is when that happened. `proposal_sequence` is that of the newest event about
# a proposal.
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
    Column("owes_nothing", Boolean, nullable=False),
    Column("debt_sequence", BigInteger),
    Column("reminders_for", DateTime(timezone=True)),
    Column("last_sequence", BigInteger),
    Column("status_sequence", BigInteger),
    Column("status_at", DateTime(timezone=True)),
    Column("proposal_sequence", BigInteger),
)

# Events about bookings that are not known yet.
early_events = Table(
    "early_events",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("booking_id", Uuid, nullable=False),
    Column("type", String, nullable=False),
    Column("body", String, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# The sequence, within its calendar, of the event that said that a busy calendar does not fail any
# more, or was removed.
ended_calendar_failures = Table(
    "ended_calendar_failures",
    METADATA,
    Column("calendar_id", Uuid, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
)

# Up to which message of a booking each party has read.
message_reads = Table(
    "message_reads",
    METADATA,
    Column("booking_id", Uuid, primary_key=True),
    Column("reader_id", Uuid, primary_key=True),
    Column("up_to", Uuid, nullable=False),
)

# The notification list of each user.
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

# The last id assigned in each user's stream; its row lock orders their events.
stream_positions = Table(
    "stream_positions",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("last_id", BigInteger, nullable=False),
    Column("oldest_id", BigInteger, nullable=False),
)

# The last 24 hours of each user's stream. `data` is the JSON as sent.
stream_events = Table(
    "stream_events",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("event", String, nullable=False),
    Column("data", String, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# Sessions that identity has ended: with `session_id` null, all of the user's but
# `except_session_id`.
ended_sessions = Table(
    "ended_sessions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("session_id", String),
    Column("except_session_id", String),
    Column("ended_at", DateTime(timezone=True), nullable=False),
)

# Pending and finished mails. `state`: due, sent, failed (permanently refused), expired (not
# accepted within two days), void (its subject is over). `context` is the data for the template.
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

# Which categories of mail a user wants; without a row, all of them.
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
