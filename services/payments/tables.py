"""The tables of schema payments as statements name them. Constraints and indexes are in
migrations/, and only there.
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

metadata = MetaData(schema="payments")


def _instant(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True))


users = Table(
    "users",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("role", String),
    Column("first_name", String),
    Column("last_name", String),
    Column("email", String),
    Column("email_verified", Boolean, nullable=False),
    Column("last_sequence", BigInteger),
)

customers = Table(
    "customers",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("customer_id", String),
    Column("params", JSONB),
    _instant("created_at"),
)

setup_intents = Table(
    "setup_intents",
    metadata,
    Column("setup_intent_id", String, primary_key=True),
    Column("user_id", Uuid),
    Column("state", String),
    Column("checks", SmallInteger),
    _instant("check_at"),
    _instant("created_at"),
)

cards = Table(
    "cards",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("payment_method_id", String),
    Column("brand", String),
    Column("last4", String),
    Column("exp_month", SmallInteger),
    Column("exp_year", SmallInteger),
    _instant("chosen_at"),
    _instant("removed_at"),
)

payout_accounts = Table(
    "payout_accounts",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("account_id", String),
    Column("params", JSONB),
    Column("status", String),
    Column("requirements", JSONB),
    _instant("onboarded_at"),
    _instant("checked_at"),
    _instant("created_at"),
)

payments = Table(
    "payments",
    metadata,
    Column("booking_id", Uuid, primary_key=True),
    Column("id", Uuid),
    Column("seeker_id", Uuid),
    Column("consultant_id", Uuid),
    _instant("scheduled_start"),
    _instant("scheduled_end"),
    Column("calendar_sequence", Integer),
    Column("amount", BigInteger),
    Column("currency", String),
    Column("commission_bps", Integer),
    Column("status", String),
    Column("attempt", Integer),
    Column("renewals", Integer),
    Column("failure", String),
    Column("payment_intent_id", String),
    Column("charge_id", String),
    Column("payment_method_id", String),
    _instant("capture_before"),
    Column("due", String),
    Column("due_amount", BigInteger),
    Column("due_reason", String),
    Column("booking_status", String),
    Column("captured_amount", BigInteger),
    Column("commission_amount", BigInteger),
    Column("refunded_amount", BigInteger),
    Column("settled_amount", BigInteger),
    Column("settled_currency", String),
    Column("stripe_fee", BigInteger),
    _instant("captured_at"),
    Column("receipt_number", Integer),
    _instant("created_at"),
    _instant("updated_at"),
)

receipt_counters = Table(
    "receipt_counters",
    metadata,
    Column("consultant_id", Uuid, primary_key=True),
    Column("last_number", Integer, nullable=False),
)

operations = Table(
    "operations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("subject_id", Uuid),
    Column("kind", String),
    Column("attempt", Integer),
    Column("idempotency_key", String),
    Column("state", String),
    Column("in_doubt", Boolean),
    Column("params", JSONB),
    _instant("due_at"),
    _instant("claimed_until"),
    Column("tries", Integer),
    _instant("first_sent_at"),
    Column("last_error", String),
    Column("stripe_id", String),
    Column("request_context", JSONB),
    _instant("created_at"),
    _instant("finished_at"),
)

payouts = Table(
    "payouts",
    metadata,
    Column("booking_id", Uuid, primary_key=True),
    Column("consultant_id", Uuid),
    Column("gross_amount", BigInteger),
    Column("commission_amount", BigInteger),
    Column("amount", BigInteger),
    Column("reversed_amount", BigInteger),
    Column("recalled_amount", BigInteger),
    Column("sent_amount", BigInteger),
    Column("currency", String),
    Column("status", String),
    Column("transfer_id", String),
    _instant("available_on"),
    _instant("paid_at"),
    _instant("created_at"),
)

refunds = Table(
    "refunds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("booking_id", Uuid),
    Column("amount", BigInteger),
    Column("commission_amount", BigInteger),
    Column("reason", String),
    Column("requested_by", Uuid),
    Column("state", String),
    Column("refund_id", String),
    Column("failure", String),
    _instant("created_at"),
    _instant("updated_at"),
)

disputes = Table(
    "disputes",
    metadata,
    Column("dispute_id", String, primary_key=True),
    Column("booking_id", Uuid),
    Column("amount", BigInteger),
    Column("currency", String),
    Column("fee", BigInteger),
    Column("commission_amount", BigInteger),
    Column("share", BigInteger),
    Column("reason", String),
    Column("status", String),
    Column("outcome", String),
    _instant("opened_at"),
    _instant("closed_at"),
)

stripe_events = Table(
    "stripe_events",
    metadata,
    Column("event_id", String, primary_key=True),
    Column("type", String),
    Column("account", String),
    Column("livemode", Boolean),
    Column("api_version", String),
    Column("object_id", String),
    Column("body", LargeBinary),
    Column("state", String),
    Column("tries", Integer),
    _instant("due_at"),
    Column("last_error", String),
    _instant("received_at"),
    _instant("handled_at"),
)

gap_poll = Table(
    "gap_poll", metadata, Column("id", SmallInteger, primary_key=True), _instant("polled_until")
)

other_transactions = Table(
    "other_transactions",
    metadata,
    Column("transaction_id", String, primary_key=True),
    Column("type", String, nullable=False),
    Column("net", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("posting_id", Uuid),
    Column("kind", String),
    Column("stripe_object", String),
    Column("booking_id", Uuid),
    Column("account", String),
    Column("amount", BigInteger),
    Column("currency", String),
    _instant("at"),
)
