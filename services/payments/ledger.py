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

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.model import Settlement
from services.payments.tables import ledger_entries
from shared.clock import now
from shared.db import Transaction
from shared.ids import new_id


class PostingKind(StrEnum):
    """Why money moves. SOLD: an amount was converted by Stripe, BOUGHT: what it was converted to;
    EXCHANGE for what comes in, RETURN for what goes back to the card.
    """

    CAPTURE = "capture"
    COMMISSION = "commission"
    STRIPE_FEE = "stripe_fee"
    TRANSFER = "transfer"
    REFUND = "refund"
    REVERSAL = "reversal"
    COMMISSION_RETURN = "commission_return"
    COMMISSION_RESTORED = "commission_restored"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    FEE_RETURNED = "fee_returned"
    EXCHANGE_SOLD = "exchange_sold"
    EXCHANGE_BOUGHT = "exchange_bought"
    RETURN_BOUGHT = "return_bought"
    RETURN_SOLD = "return_sold"


# kind: (account that gives, account that takes)
ACCOUNTS: dict[PostingKind, tuple[str, str]] = {
    PostingKind.CAPTURE: ("seeker", "platform"),
    PostingKind.COMMISSION: ("platform", "commission"),
    PostingKind.STRIPE_FEE: ("platform", "stripe_fees"),
    PostingKind.TRANSFER: ("platform", "consultant"),
    PostingKind.REFUND: ("platform", "seeker"),
    PostingKind.REVERSAL: ("consultant", "platform"),
    PostingKind.COMMISSION_RETURN: ("commission", "platform"),
    PostingKind.COMMISSION_RESTORED: ("platform", "commission"),
    PostingKind.REFUND_FAILED: ("seeker", "platform"),
    PostingKind.DISPUTE: ("platform", "seeker"),
    PostingKind.DISPUTE_WON: ("seeker", "platform"),
    PostingKind.FEE_RETURNED: ("stripe_fees", "platform"),
    PostingKind.EXCHANGE_SOLD: ("platform", "exchange"),
    PostingKind.EXCHANGE_BOUGHT: ("exchange", "platform"),
    PostingKind.RETURN_BOUGHT: ("exchange", "platform"),
    PostingKind.RETURN_SOLD: ("platform", "exchange"),
}


class Posting(NamedTuple):
    """`amount` (minor units of `currency`, not negative) moves as its kind says."""

    kind: PostingKind
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
    fee, ours = _fee(stripe_object, settlement), abs(settlement.amount)
    if settlement.currency == currency:
        return fee
    return [
        Posting(PostingKind.EXCHANGE_SOLD, stripe_object, amount, currency),
        Posting(PostingKind.EXCHANGE_BOUGHT, stripe_object, ours, settlement.currency),
        *fee,
    ]


def returned(
    stripe_object: str, amount: int, currency: str, settlement: Settlement | None
) -> list[Posting]:
    """The postings that accompany a refund to the card: the conversion, and Stripe's fee."""
    if settlement is None:
        return []
    fee, ours = _fee(stripe_object, settlement), abs(settlement.amount)
    if settlement.currency == currency:
        return fee
    return [
        Posting(PostingKind.RETURN_SOLD, stripe_object, ours, settlement.currency),
        Posting(PostingKind.RETURN_BOUGHT, stripe_object, amount, currency),
        *fee,
    ]


def _fee(stripe_object: str, settlement: Settlement) -> list[Posting]:
    kind = PostingKind.STRIPE_FEE if settlement.fee > 0 else PostingKind.FEE_RETURNED
    return [Posting(kind, stripe_object, abs(settlement.fee), settlement.currency)]


async def post(db: Transaction, booking_id: UUID, *postings: Posting) -> set[str]:
    """Adds `postings`. A posting that exists (same kind and Stripe object) and one of amount 0 are
    skipped. Returns the Stripe objects of those that were added.
    """
    rows, at = [], now()
    for kind, stripe_object, amount, currency in postings:
        if amount == 0:
            continue
        gives, takes = ACCOUNTS[kind]
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
