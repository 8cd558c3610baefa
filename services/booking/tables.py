"""The tables of schema booking, for building statements. Constraints and indexes are in
migrations/.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "booking"
METADATA = MetaData(schema=SCHEMA)

# A time that a consultant offers. `is_booked` is true while a booking or a proposal has it, and
# stays true after a session, or one that was missed.
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
    # When a seeker on the waitlist was last notified that it is free.
    Column("waitlist_told_at", DateTime(timezone=True)),
    # Whether it was generated from weekly rules, which may remove it while it is free.
    Column("from_rules", Boolean, nullable=False),
    # Whether it is free but not offered (store/offered.py), when free time was last published.
    Column("is_hidden", Boolean, nullable=False, server_default=false()),
)

# A consultant's weekly rules (domain/rules.py); what requests need is in columns of its own.
availability_rules = Table(
    "availability_rules",
    METADATA,
    Column("consultant_id", Uuid, primary_key=True),
    Column("rules", JSONB, nullable=False),
    Column("time_zone", String, nullable=False),
    Column("buffer_minutes", Integer, nullable=False),
    Column("minimum_notice_minutes", Integer, nullable=False),
    Column("daily_limit", Integer),
    Column("extended_at", DateTime(timezone=True), nullable=False),
    # The release of the time zone database with which the slots were generated.
    Column("tzdata", String, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

# Times of generated slots that a consultant has withdrawn: they are not generated again.
withdrawn_times = Table(
    "withdrawn_times",
    METADATA,
    Column("consultant_id", Uuid, primary_key=True),
    Column("start_time", DateTime(timezone=True), primary_key=True),
    Column("end_time", DateTime(timezone=True), nullable=False),
)

# The projection of users: at first from their token, then from identity's events, of which
# `last_sequence` is the newest.
users = Table(
    "users",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("role", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("last_name", String, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("last_sequence", BigInteger),
    Column("time_zone", String, nullable=False),
    Column("language", String),
)

# The projection of consultants' hourly rates, in minor units, from directory's events.
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
    # The terms at the time of the request (policy.BookingTerms).
    Column("respond_by", DateTime(timezone=True), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("commission_bps", Integer, nullable=False),
    Column("commission_amount", BigInteger, nullable=False),
    Column("free_period_seconds", Integer, nullable=False),
    Column("cancel_free_seconds", Integer, nullable=False),
    Column("late_cancel_bps", Integer, nullable=False),
    Column("payment_grace_seconds", Integer, nullable=False),
    # What payments has reported; `last_payment_sequence` is the newest of its events.
    Column("payment_status", String, nullable=False),
    Column("payment_intent_id", String),
    Column("payment_failure", String),
    Column("payment_deadline", DateTime(timezone=True)),
    Column("payment_attempt", Integer, nullable=False),
    # What was charged to the card, less refunds.
    Column("charged_amount", BigInteger),
    Column("last_payment_sequence", BigInteger),
    Column("cancelled_by", String),
    Column("cancellation_fee", BigInteger),
    Column("reason", String),  # of the decline or cancellation
    # The session's room: unguessable, and never changed.
    Column("room", String, nullable=False),
    # SEQUENCE of the calendar entry.
    Column("calendar_sequence", Integer, nullable=False),
    # How long both were present, and who never came; null where no presence was recorded.
    Column("joint_seconds", Integer),
    Column("absent", String),
    # The number of unread messages of each party.
    Column("seeker_unread", Integer, nullable=False),
    Column("consultant_unread", Integer, nullable=False),
    # The end plus the consultant's buffer; null if there is none.
    Column("blocked_until", DateTime(timezone=True)),
    # The open proposal: all columns or none. The exclusion constraints cover it too.
    Column("proposed_by", String),
    Column("proposed_slot_id", Uuid),
    Column("proposed_start", DateTime(timezone=True)),
    Column("proposed_end", DateTime(timezone=True)),
    Column("proposed_blocked_until", DateTime(timezone=True)),
    Column("proposal_message", String),
    Column("proposal_expires_at", DateTime(timezone=True)),
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
    Column("reply", String),
    Column("replied_at", DateTime(timezone=True)),
)

# Presence in sessions, updated by heartbeats (domain/presence.py).
presences = Table(
    "presences",
    METADATA,
    Column("booking_id", Uuid, primary_key=True),
    Column("accounted_until", DateTime(timezone=True), nullable=False),
    Column("joint_microseconds", BigInteger, nullable=False),
    Column("seeker_since", DateTime(timezone=True)),
    Column("seeker_until", DateTime(timezone=True)),
    Column("seeker_microseconds", BigInteger, nullable=False),
    Column("consultant_since", DateTime(timezone=True)),
    Column("consultant_until", DateTime(timezone=True)),
    Column("consultant_microseconds", BigInteger, nullable=False),
)

messages = Table(
    "messages",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("booking_id", Uuid, nullable=False),
    Column("author", String, nullable=False),
    Column("body", String, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
)

# Waitlist entries, in the order of their ids. `told_at` is when the seeker was last notified of a
# free slot.
waitlist_entries = Table(
    "waitlist_entries",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("seeker_id", Uuid, nullable=False),
    Column("consultant_id", Uuid, nullable=False),
    Column("from_time", DateTime(timezone=True), nullable=False),
    Column("to_time", DateTime(timezone=True), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("told_at", DateTime(timezone=True)),
)

# The free slots of which a waiting seeker counts as notified: the one that a notification named,
# and the others that were free at that time and would have been their turn.
waitlist_notifications = Table(
    "waitlist_notifications",
    METADATA,
    Column("entry_id", Uuid, primary_key=True),
    Column("slot_id", Uuid, primary_key=True),
    Column("notified_at", DateTime(timezone=True), nullable=False),
)

# Secret addresses from which calendar programs read a user's bookings.
calendar_feeds = Table(
    "calendar_feeds",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# Everything that happened to a booking and its payment, for its two parties to read. The database
# rejects changes. `sequence` is that of the payment's event, and null for what booking itself did.
timeline = Table(
    "timeline",
    METADATA,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("booking_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String, nullable=False),
    Column("event", String, nullable=False),
    Column("detail", JSONB, nullable=False),
    Column("sequence", BigInteger),
)

# Consultants whose free time has changed since it was last published; and per consultant the last
# published version, and when the next may be published.
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
    Column("due_at", DateTime(timezone=True), nullable=False),
)

# A consultant's other calendars. `next_read_at` is when it is due, `failing_since` when reading
# first failed, `failure_reported_at` when its owner was notified.
busy_calendars = Table(
    "busy_calendars",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("consultant_id", Uuid, nullable=False),
    Column("name", String, nullable=False),
    Column("host", String, nullable=False),
    Column("address_encrypted", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("next_read_at", DateTime(timezone=True), nullable=False),
    Column("last_read_at", DateTime(timezone=True)),
    Column("last_error", String),
    Column("failing_since", DateTime(timezone=True)),
    Column("failure_reported_at", DateTime(timezone=True)),
    Column("busy_until", DateTime(timezone=True)),
)

# Busy times of calendars. Those of one calendar do not overlap.
busy_times = Table(
    "busy_times",
    METADATA,
    Column("calendar_id", Uuid, primary_key=True),
    Column("start_time", DateTime(timezone=True), primary_key=True),
    Column("end_time", DateTime(timezone=True), primary_key=True),
    Column("consultant_id", Uuid, nullable=False),
)

# Bookings that overlap a calendar's busy times, of which the consultant was warned.
busy_conflicts = Table(
    "busy_conflicts",
    METADATA,
    Column("calendar_id", Uuid, primary_key=True),
    Column("booking_id", Uuid, primary_key=True),
    Column("scheduled_start", DateTime(timezone=True), primary_key=True),
    Column("scheduled_end", DateTime(timezone=True), nullable=False),
)
