"""The tables of the store, and an object as loaded from them."""

from typing import Any

Body = dict[str, Any]

TABLES = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, shelf TEXT NOT NULL, created INTEGER NOT NULL,
    body BLOB NOT NULL, secret BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS object_shelf ON object (shelf, created, seq);
CREATE TABLE IF NOT EXISTS facet (
    shelf TEXT, field TEXT, value TEXT, created INTEGER, seq INTEGER,
    PRIMARY KEY (shelf, field, value, created, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hold (intent TEXT PRIMARY KEY, lapses INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS hold_lapses ON hold (lapses);
CREATE TABLE IF NOT EXISTS settling (charge TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS arriving (payout TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS arriving_at ON arriving (at);
CREATE TABLE IF NOT EXISTS balance (
    owner TEXT, currency TEXT, available INTEGER, pending INTEGER, PRIMARY KEY (owner, currency))
        WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS maturing (seq INTEGER PRIMARY KEY, owner TEXT, currency TEXT, net
    INTEGER, at INTEGER);
CREATE INDEX IF NOT EXISTS maturing_at ON maturing (at);
CREATE TABLE IF NOT EXISTS idempotency (
    slot TEXT PRIMARY KEY, path TEXT, print TEXT, status INTEGER, request TEXT, at INTEGER, body
        BLOB) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS idempotency_at ON idempotency (at);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY, event TEXT, endpoint TEXT, attempts INTEGER, due REAL, posted REAL);
CREATE INDEX IF NOT EXISTS delivery_event ON delivery (event);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (endpoint, due, id);
CREATE TABLE IF NOT EXISTS request (
    seq INTEGER PRIMARY KEY, at REAL, method TEXT, path TEXT, key TEXT, params BLOB, status
        INTEGER);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
"""
LONG_LOG = 4000  # pages of 4 KiB
NAMES = (
    "object",
    "facet",
    "hold",
    "settling",
    "arriving",
    "balance",
    "maturing",
    "idempotency",
    "delivery",
    "request",
    "setting",
)
FACETS: dict[str, tuple[str, ...]] = {
    "customer": ("email",),
    "payment_method": ("customer",),
    "setup_intent": ("customer", "payment_method"),
    "setup_attempt": ("setup_intent",),
    "payment_intent": ("customer", "status", "currency", "amount"),
    "charge": ("customer", "payment_intent", "transfer_group", "status", "currency", "amount"),
    "refund": ("charge", "payment_intent"),
    "dispute": ("charge", "payment_intent"),
    "transfer": ("destination", "transfer_group", "source_transaction"),
    "transfer_reversal": ("transfer",),
    "balance_transaction": ("type", "source", "currency"),
    "payout": ("status", "destination"),
    "event": ("type",),
    "file": ("purpose",),
}
SEARCHABLE = frozenset({"customer", "payment_intent", "charge"})


class Entry:
    """An object and its form as loaded, to detect whether it changed."""

    __slots__ = ("body", "facets", "raw", "raw_secret", "secret", "seq", "shelf")

    def __init__(
        self, seq: int, shelf: str, body: Body, secret: Body, raw: bytes, raw_secret: bytes
    ) -> None:
        self.seq, self.shelf, self.body, self.secret = seq, shelf, body, secret
        self.raw, self.raw_secret = raw, raw_secret
        self.facets = facets(body) if raw else frozenset()


def facets(body: Body) -> frozenset[tuple[str, str]]:
    """The values by which lists (and searches by metadata) find an object."""
    kind = body["object"]
    found = {(field, str(body[field])) for field in FACETS.get(kind, ()) if body.get(field)}
    if kind in SEARCHABLE:
        found |= {(f"metadata.{key}", value) for key, value in (body.get("metadata") or {}).items()}
    return frozenset(found)
