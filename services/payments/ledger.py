"""The double-entry ledger: every minor unit that moved, tied to its object at Stripe. Entries are
only ever added.

Accounts: seeker (paid, negative), platform (on our Stripe balance and not yet allocated),
commission (ours), consultant (sent to them), stripe_fees (taken by Stripe), exchange (converted by
Stripe). Each posting is in one currency and sums to zero; the database checks it at commit.
Platform and commission together are, in each currency, what bookings have left on our balance.

A charge in another currency than the balance's is sold to Stripe for its settled amount, and
refunds are bought: so the seeker's account is what the card has paid, and the platform's agrees
with Stripe's balance.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.model import Settlement
from services.payments.tables import ledger_entries
from shared.clock import now
from shared.db import Transaction
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
    "exchange_sold": ("platform", "exchange"),
    "exchange_bought": ("exchange", "platform"),
    "return_bought": ("exchange", "platform"),
    "return_sold": ("platform", "exchange"),
}


class Posting(NamedTuple):
    """`amount` (minor units of `currency`, not negative) moves as its kind says."""

    kind: str
    stripe_object: str
    amount: int
    currency: str


def received(
    stripe_object: str, amount: int, currency: str, settlement: Settlement | None
) -> list[Posting]:
    """The postings that accompany an incoming amount: Stripe's fee, and the conversion if it has
    settled in another currency. None until it has settled.
    """
    if settlement is None:
        return []
    return [
        *_exchange("exchange", stripe_object, amount, currency, settlement),
        *_fee(stripe_object, settlement),
    ]


def returned(
    stripe_object: str, amount: int, currency: str, settlement: Settlement | None
) -> list[Posting]:
    """The postings that accompany a refund to the card: the conversion, and Stripe's fee."""
    if settlement is None:
        return []
    return [
        *_exchange("return", stripe_object, amount, currency, settlement),
        *_fee(stripe_object, settlement),
    ]


def _exchange(
    name: str, stripe_object: str, amount: int, currency: str, settlement: Settlement
) -> list[Posting]:
    if settlement.currency == currency:
        return []
    ours = Posting("", stripe_object, abs(settlement.amount), settlement.currency)
    cards = Posting("", stripe_object, amount, currency)
    sold, bought = (cards, ours) if name == "exchange" else (ours, cards)
    return [sold._replace(kind=f"{name}_sold"), bought._replace(kind=f"{name}_bought")]


def _fee(stripe_object: str, settlement: Settlement) -> list[Posting]:
    kind = "stripe_fee" if settlement.fee > 0 else "fee_returned"
    return [Posting(kind, stripe_object, abs(settlement.fee), settlement.currency)]


async def post(db: Transaction, booking_id: UUID, *postings: Posting) -> set[str]:
    """Adds `postings`. A posting that exists (same kind and Stripe object) and one of amount 0 are
    skipped. Returns the Stripe objects of those that were added.
    """
    rows, at = [], now()
    for kind, stripe_object, amount, currency in postings:
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
    if not rows:
        return set()
    new = insert(ledger_entries).values(rows).on_conflict_do_nothing()
    added = await db.execute(new.returning(ledger_entries.c.stripe_object))
    return set(added.scalars())
