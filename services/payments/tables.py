"""The tables of schema payments, for building statements. Constraints and indexes are in
migrations/.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData(schema="payments")


def _instant(name: str, *, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


users = Table(
    "users",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("role", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("last_name", String, nullable=False),
    Column("email", String, nullable=False),
    Column("email_verified", Boolean, nullable=False),
    Column("last_sequence", BigInteger),
)

customers = Table(
    "customers",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("customer_id", String),
    Column("params", JSONB, nullable=False),
    _instant("created_at", nullable=False),
)

setup_intents = Table(
    "setup_intents",
    METADATA,
    Column("setup_intent_id", String, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("state", String, nullable=False),
    Column("checks", SmallInteger, nullable=False),
    _instant("check_at", nullable=False),
    _instant("created_at", nullable=False),
)

cards = Table(
    "cards",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("payment_method_id", String, nullable=False),
    Column("brand", String, nullable=False),
    Column("last4", String, nullable=False),
    Column("exp_month", SmallInteger, nullable=False),
    Column("exp_year", SmallInteger, nullable=False),
    _instant("chosen_at", nullable=False),
    _instant("removed_at"),
)

payout_accounts = Table(
    "payout_accounts",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("account_id", String),
    Column("params", JSONB, nullable=False),
    Column("status", String, nullable=False),
    Column("requirements", JSONB, nullable=False),
    _instant("onboarded_at"),
    _instant("checked_at"),
    _instant("created_at", nullable=False),
)

payments = Table(
    "payments",
    METADATA,
    Column("booking_id", Uuid, primary_key=True),
    Column("id", Uuid, nullable=False),
    Column("seeker_id", Uuid, nullable=False),
    Column("consultant_id", Uuid, nullable=False),
    _instant("scheduled_start", nullable=False),
    _instant("scheduled_end", nullable=False),
    Column("calendar_sequence", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("commission_bps", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("renewals", Integer, nullable=False),
    Column("failure", String),
    Column("payment_intent_id", String),
    Column("charge_id", String),
    Column("payment_method_id", String),
    _instant("capture_before"),
    Column("due", String),
    Column("due_amount", BigInteger),
    Column("due_reason", String),
    Column("captured_amount", BigInteger, nullable=False),
    Column("commission_amount", BigInteger, nullable=False),
    Column("refunded_amount", BigInteger, nullable=False),
    Column("settled_amount", BigInteger),
    Column("settled_currency", String),
    Column("stripe_fee", BigInteger),
    _instant("captured_at"),
    Column("receipt_number", Integer),
    _instant("created_at", nullable=False),
    _instant("updated_at", nullable=False),
)

receipt_counters = Table(
    "receipt_counters",
    METADATA,
    Column("consultant_id", Uuid, primary_key=True),
    Column("last_number", Integer, nullable=False),
)

operations = Table(
    "operations",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Column("kind", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("idempotency_key", String, nullable=False),
    Column("state", String, nullable=False),
    Column("in_doubt", Boolean, nullable=False),
    Column("params", JSONB, nullable=False),
    _instant("due_at", nullable=False),
    _instant("claimed_until"),
    Column("tries", Integer, nullable=False),
    _instant("first_sent_at"),
    Column("last_error", String),
    Column("stripe_id", String),
    Column("request_context", JSONB),
    _instant("created_at", nullable=False),
    _instant("finished_at"),
)

payouts = Table(
    "payouts",
    METADATA,
    Column("booking_id", Uuid, primary_key=True),
    Column("consultant_id", Uuid, nullable=False),
    Column("gross_amount", BigInteger, nullable=False),
    Column("commission_amount", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("reversed_amount", BigInteger, nullable=False),
    Column("recalled_amount", BigInteger, nullable=False),
    Column("sent_amount", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("status", String, nullable=False),
    Column("transfer_id", String),
    _instant("available_on", nullable=False),
    _instant("paid_at"),
    _instant("created_at", nullable=False),
)

refunds = Table(
    "refunds",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("booking_id", Uuid, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("commission_amount", BigInteger, nullable=False),
    Column("reason", String, nullable=False),
    Column("requested_by", Uuid),
    Column("state", String, nullable=False),
    Column("refund_id", String),
    Column("failure", String),
    _instant("created_at", nullable=False),
    _instant("updated_at", nullable=False),
)

disputes = Table(
    "disputes",
    METADATA,
    Column("dispute_id", String, primary_key=True),
    Column("booking_id", Uuid, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("charge_amount", BigInteger),  # null in rows of earlier versions: it is the amount
    Column("fee", BigInteger, nullable=False),
    Column("commission_amount", BigInteger, nullable=False),
    Column("share", BigInteger, nullable=False),
    Column("reason", String, nullable=False),
    Column("status", String, nullable=False),
    Column("outcome", String, nullable=False),
    _instant("opened_at", nullable=False),
    _instant("closed_at"),
)

stripe_events = Table(
    "stripe_events",
    METADATA,
    Column("event_id", String, primary_key=True),
    Column("type", String, nullable=False),
    Column("account", String),
    Column("livemode", Boolean, nullable=False),
    Column("api_version", String),
    Column("object_id", String),
    Column("body", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("tries", Integer, nullable=False),
    _instant("due_at", nullable=False),
    Column("last_error", String),
    _instant("received_at", nullable=False),
    _instant("handled_at"),
)

gap_poll = Table(
    "gap_poll",
    METADATA,
    Column("id", SmallInteger, primary_key=True),
    _instant("polled_until", nullable=False),
)

other_transactions = Table(
    "other_transactions",
    METADATA,
    Column("transaction_id", String, primary_key=True),
    Column("type", String, nullable=False),
    Column("net", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

ledger_entries = Table(
    "ledger_entries",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("posting_id", Uuid, nullable=False),
    Column("kind", String, nullable=False),
    Column("stripe_object", String, nullable=False),
    Column("booking_id", Uuid, nullable=False),
    Column("account", String, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    _instant("at", nullable=False),
)

ledger_checkpoints = Table(
    "ledger_checkpoints",
    METADATA,
    Column("up_to", DateTime(timezone=True), primary_key=True),
    Column("currency", String, primary_key=True),
    Column("amount", BigInteger, nullable=False),
)
