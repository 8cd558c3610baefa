"""The double-entry ledger: every minor unit that moved, tied to its object at Stripe. Entries are
only ever added.

Accounts: seeker (paid, negative), platform (what is on our Stripe balance and not yet spoken for),
commission (ours), consultant (sent to them), stripe_fees (what Stripe took). Each posting sums to
zero; the database checks it at commit.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments.tables import ledger_entries
from shared.clock import now
from shared.ids import new_id

# kind: (account that gives, account that takes)
KINDS: dict[str, tuple[str, str]] = {
    "capture": ("seeker", "platform"),
    "commission": ("platform", "commission"),
    "stripe_fee": ("platform", "stripe_fees"),
    "transfer": ("platform", "consultant"),
    "refund": ("platform", "seeker"),
    "reversal": ("consultant", "platform"),
    "commission_return": ("commission", "platform"),
    "commission_restored": ("platform", "commission"),
    "refund_failed": ("seeker", "platform"),
    "dispute": ("platform", "seeker"),
    "dispute_won": ("seeker", "platform"),
    "fee_returned": ("stripe_fees", "platform"),
}

Posting = tuple[str, str, int]  # kind, Stripe object, amount


async def post(db: AsyncConnection, booking_id: UUID, currency: str, *postings: Posting) -> None:
    """Adds `postings`. One that is there already (same kind and Stripe object) changes nothing; one
    of 0 is nothing.
    """
    rows, at = [], now()
    for kind, stripe_object, amount in postings:
        if amount == 0:
            continue
        gives, takes = KINDS[kind]
        posting_id = new_id()
        common = {
            "posting_id": posting_id,
            "kind": kind,
            "stripe_object": stripe_object,
            "booking_id": booking_id,
            "currency": currency,
            "at": at,
        }
        rows += [
            {**common, "account": gives, "amount": -amount},
            {**common, "account": takes, "amount": amount},
        ]
    if rows:
        await db.execute(insert(ledger_entries).values(rows).on_conflict_do_nothing())
