"""Disputes: a cardholder's bank wants a charge back."""

from __future__ import annotations

from typing import Any

import msgspec

from services.payments.domain.model import Settlement
from services.payments.stripe_api.client import PATIENT, Stripe, raw
from services.payments.stripe_api.outcomes import call


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """A dispute as it is at Stripe; `amount` in minor units of the bank's currency, which may be
    another than the charge's. `withdrawn` is what was deducted from our balance for it,
    `reinstated` what was returned: each None until it has moved, which may be long after the
    dispute was opened. `withdrawal_id` is the latest balance transaction that deducted something.
    """

    id: str
    charge_id: str
    amount: int
    currency: str
    reason: str
    status: str
    withdrawn: Settlement | None
    reinstated: Settlement | None
    withdrawal_id: str | None


async def dispute(stripe: Stripe, dispute_id: str) -> Dispute:
    """The dispute as it is now."""
    async with call("read_dispute"):
        found = await raw(stripe, "get", f"/v1/disputes/{dispute_id}", {}, retries=PATIENT)
    charge = found["charge"]
    moved = found.get("balance_transactions") or []
    taken = [one for one in moved if one["amount"] < 0]
    return Dispute(
        id=found["id"],
        charge_id=charge if isinstance(charge, str) else charge["id"],
        amount=found["amount"],
        currency=found["currency"],
        reason=found["reason"],
        status=found["status"],
        withdrawn=_sum(taken),
        reinstated=_sum([one for one in moved if one["amount"] > 0]),
        withdrawal_id=max(taken, key=lambda one: one["created"])["id"] if taken else None,
    )


async def disputes_of(stripe: Stripe, charge_id: str) -> list[str]:
    """The ids of a charge's disputes, oldest first."""
    params = {"charge": charge_id, "limit": 100}
    async with call("list_disputes"):
        page = await raw(stripe, "get", "/v1/disputes", params, retries=PATIENT)
    return [one["id"] for one in reversed(page["data"])]


def _sum(transactions: list[dict[str, Any]]) -> Settlement | None:
    if not transactions:
        return None
    return Settlement(
        amount=sum(one["amount"] for one in transactions),
        currency=transactions[0]["currency"],
        fee=sum(one["fee"] for one in transactions),
    )
