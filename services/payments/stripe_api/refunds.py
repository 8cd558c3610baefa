"""Refunds of what was captured."""

from __future__ import annotations

from typing import Any

import msgspec

from services.payments.domain.model import Settlement
from services.payments.stripe_api.client import PATIENT, Stripe, raw
from services.payments.stripe_api.outcomes import call
from services.payments.stripe_api.settlements import settlement_of

EXPAND = ["balance_transaction", "failure_balance_transaction"]
LIST_EXPAND = [f"data.{name}" for name in EXPAND]


class Refund(msgspec.Struct, frozen=True):
    """A refund to the card; `settlement` is what left our balance for it, and `returned` what came
    back if the bank returned it.
    """

    id: str
    amount: int
    status: str
    metadata: dict[str, str] = {}
    settlement: Settlement | None = None
    returned: Settlement | None = None


def _refund(data: dict[str, Any]) -> Refund:
    return Refund(
        data["id"],
        data["amount"],
        data.get("status") or "succeeded",
        data.get("metadata") or {},
        settlement_of(data.get("balance_transaction")),
        settlement_of(data.get("failure_balance_transaction")),
    )


async def create_refund(
    stripe: Stripe, charge_id: str, amount: int, *, key: str, booking_id: str
) -> Refund:
    """Returns `amount` to the card."""
    wanted = {
        "charge": charge_id,
        "amount": amount,
        "reason": "requested_by_customer",
        "metadata": {"booking_id": booking_id, "operation": key},
        "expand": EXPAND,
    }
    async with call("refund"):
        return _refund(await raw(stripe, "post", "/v1/refunds", wanted, key=key))


async def refunds_of(stripe: Stripe, charge_id: str) -> list[Refund]:
    """The refunds of a charge, newest first."""
    params: dict[str, Any] = {"charge": charge_id, "limit": 100, "expand": LIST_EXPAND}
    found: list[Refund] = []
    async with call("list_refunds"):
        while True:
            page = await raw(stripe, "get", "/v1/refunds", params, retries=PATIENT)
            found += [_refund(one) for one in page["data"]]
            if not page["has_more"]:
                return found
            params["starting_after"] = found[-1].id
