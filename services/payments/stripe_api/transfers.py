"""Transfers to connected accounts, and their reversals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec

from services.payments.stripe_api.client import Stripe, listed
from services.payments.stripe_api.outcomes import call

CANNOT_RECEIVE = ("insufficient_capabilities_for_transfer", "account_invalid", "account_closed")


class Transfer(msgspec.Struct, frozen=True):
    """Money sent to a consultant's account; `amount_reversed` of it was taken back."""

    id: str
    amount: int
    amount_reversed: int
    metadata: dict[str, str] = {}


class Reversal(msgspec.Struct, frozen=True):
    """Part of a transfer taken back."""

    id: str
    amount: int
    metadata: dict[str, str] = {}

    @property
    def ours(self) -> bool:
        """Whether it was made by a step of this service, which records it; others were made in the
        Dashboard.
        """
        return "operation" in self.metadata


def _metadata(raw: Any) -> dict[str, str]:
    return raw.metadata.to_dict() if raw.metadata else {}


def _transfer(raw: Any) -> Transfer:
    return Transfer(raw.id, raw.amount, raw.amount_reversed, _metadata(raw))


async def create_transfer(stripe: Stripe, params: dict[str, Any], *, key: str) -> Transfer:
    """Sends `params["amount"]` of a captured charge to `params["destination"]`, whatever the
    platform's own balance is.
    """
    wanted: Any = {
        "amount": params["amount"],
        "currency": params["currency"],
        "destination": params["destination"],
        "source_transaction": params["charge"],
        "transfer_group": params["booking_id"],
        "metadata": {"booking_id": params["booking_id"], "operation": key},
    }
    async with call("transfer"):
        return _transfer(
            await stripe.api.v1.transfers.create_async(wanted, {"idempotency_key": key})
        )


async def transfers_of(stripe: Stripe, booking_id: str) -> list[Transfer]:
    """The transfers of a booking, newest first."""
    async with call("list_transfers"):
        page = await stripe.api.v1.transfers.list_async(
            {"transfer_group": booking_id, "limit": 100}, {"max_network_retries": 2}
        )
        return [_transfer(raw) async for raw in page.auto_paging_iter()]


async def transfers_between(
    stripe: Stripe, since: datetime, until: datetime | None
) -> AsyncIterator[Transfer]:
    """All transfers created in [since, until) (None: until now), newest first."""
    async for one in listed(stripe, "/v1/transfers", {}, since, until):
        yield Transfer(one["id"], one["amount"], one["amount_reversed"], one["metadata"] or {})


async def reverse_transfer(
    stripe: Stripe, transfer_id: str, amount: int, *, key: str, booking_id: str, operation: str
) -> Reversal:
    """Reverses `amount` of a transfer; `operation` is the key of the step that this is part of."""
    wanted: Any = {"amount": amount, "metadata": {"booking_id": booking_id, "operation": operation}}
    async with call("reverse"):
        made = await stripe.api.v1.transfers.reversals.create_async(
            transfer_id, wanted, {"idempotency_key": key}
        )
    return Reversal(made.id, made.amount, _metadata(made))


async def reversals_of(stripe: Stripe, transfer_id: str) -> list[Reversal]:
    """The reversals of a transfer, newest first."""
    async with call("list_reversals"):
        page = await stripe.api.v1.transfers.reversals.list_async(
            transfer_id, {"limit": 100}, {"max_network_retries": 2}
        )
        return [
            Reversal(raw.id, raw.amount, _metadata(raw)) async for raw in page.auto_paging_iter()
        ]
