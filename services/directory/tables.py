"""The tables of schema directory, for building statements. Constraints, indexes and generated
columns are in migrations/.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    Identity,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL

SCHEMA = "directory"
METADATA = MetaData(schema=SCHEMA)

# A consultant: the profile (headline is null before the first save), and projections of other
# services' data. `no` is a short id for the search index; the last_*_sequence are those of the
# newest applied events; filters and search compare with *_keys and *_words.
consultant_profiles = Table(
    "consultant_profiles",
    METADATA,
    Column("consultant_id", Uuid, primary_key=True),
    Column("no", Integer, Identity(), nullable=False),
    Column("first_name", String, nullable=False),
    Column("last_name", String, nullable=False),
    Column("email_verified", Boolean, nullable=False),
    Column("last_user_sequence", BigInteger),
    Column("is_active", Boolean, nullable=False),
    Column("is_rejected", Boolean, nullable=False),
    Column("payouts_active", Boolean, nullable=False),
    Column("last_payout_account_sequence", BigInteger),
    Column("headline", String),
    Column("bio", String),
    Column("photo", String),
    Column("expertise_tags", ARRAY(String), nullable=False),
    Column("languages", ARRAY(String), nullable=False),
    Column("hourly_rate", Integer),
    Column("currency", String),
    Column("rating_sum", Integer, nullable=False),
    Column("rating_count", Integer, nullable=False),
    Column("next_available_at", DateTime(timezone=True)),
    Column("minimum_notice", INTERVAL, nullable=False),
    Column("last_availability_sequence", BigInteger),
    Column("tag_keys", ARRAY(String), nullable=False),
    Column("language_keys", ARRAY(String), nullable=False),
    Column("strong_words", String, nullable=False),
    Column("weak_words", String, nullable=False),
    Column("needs_reindexing", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True)),
    Column("average_hundredths", SmallInteger, Computed("")),
    Column("quality", SmallInteger, Computed(""), nullable=False),
    Column("rating_rank", SmallInteger, Computed(""), nullable=False),
    Column("is_listed", Boolean, Computed(""), nullable=False),
)

# Bookable times, a projection of booking's. One is bookable until its start is nearer than the
# consultant's minimum notice.
free_slots = Table(
    "free_slots",
    METADATA,
    Column("consultant_id", Uuid, primary_key=True),
    Column("start_time", DateTime(timezone=True), primary_key=True),
    Column("end_time", DateTime(timezone=True), nullable=False),
)

# Seekers' ratings of their sessions.
ratings = Table(
    "ratings",
    METADATA,
    Column("booking_id", Uuid, primary_key=True),
    Column("consultant_id", Uuid, nullable=False),
    Column("score", SmallInteger, nullable=False),
    Column("comment", String),
    Column("seeker_first_name", String, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# Consultants' replies; a reply may arrive before its rating.
rating_replies = Table(
    "rating_replies",
    METADATA,
    Column("booking_id", Uuid, primary_key=True),
    Column("body", String, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# Seekers' favourite consultants.
favourites = Table(
    "favourites",
    METADATA,
    Column("seeker_id", Uuid, primary_key=True),
    Column("consultant_id", Uuid, primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# The words that occur in profiles, and the consultants who use them (see search/postings.py).
lexicon = Table(
    "lexicon",
    METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    Column("word", String, nullable=False),
)
postings = Table(
    "postings",
    METADATA,
    Column("word_id", Integer, primary_key=True),
    Column("rank", SmallInteger, primary_key=True),
    Column("no", Integer, primary_key=True),
)
