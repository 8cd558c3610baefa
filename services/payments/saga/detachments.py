"""Detaching a card at Stripe that was replaced or removed here."""

from __future__ import annotations

from services.payments.domain.operations import Operation
from services.payments.saga.common import retry_with_new_key
from services.payments.saga.kinds import Kind
from services.payments.stripe_api import Stripe, cards
from shared.db import Transaction


async def lock(_: Transaction, __: Operation) -> None:
    """Nothing: a seeker's step concerns no payment."""


async def send(stripe: Stripe, operation: Operation) -> bool:
    """Detaches the card."""
    await cards.detach_card(
        stripe, operation.params["payment_method"], key=operation.idempotency_key
    )
    return True


async def find(stripe: Stripe, operation: Operation) -> bool | None:
    """Whether a step in doubt detached the card; None if it did not."""
    left = await cards.card(stripe, operation.params["payment_method"])
    return True if left is None or left.customer_id is None else None


async def detached(_: Transaction, operation: Operation, __: None, ___: bool) -> None:
    """The card is detached; there is nothing to record."""


DETACH = Kind(lock, send, find, detached, retry_with_new_key)
