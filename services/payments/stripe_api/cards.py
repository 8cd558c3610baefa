"""Customers and the cards that they saved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from services.payments.stripe_api.client import PATIENT, Stripe, without_bad_email
from services.payments.stripe_api.outcomes import Refused, call


class Card(msgspec.Struct, frozen=True):
    """A saved card; `customer_id` is None once it is detached. `created_at` is when its holder
    entered it and confirmed, in whole seconds.
    """

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    customer_id: str | None
    created_at: datetime


class Setup(msgspec.Struct, frozen=True):
    """A SetupIntent; `card` is set once it has succeeded."""

    id: str
    status: str
    client_secret: str
    user_id: str | None
    card: Card | None


def _card(raw: Any) -> Card:
    card = raw.card
    customer = (
        raw.customer if raw.customer is None or isinstance(raw.customer, str) else raw.customer.id
    )
    created_at = datetime.fromtimestamp(raw.created, UTC)
    return Card(raw.id, card.brand, card.last4, card.exp_month, card.exp_year, customer, created_at)


def _setup(raw: Any) -> Setup:
    method = raw.payment_method
    card = (
        _card(method)
        if method is not None and not isinstance(method, str) and method.card
        else None
    )
    user_id = raw.metadata.to_dict().get("user_id") if raw.metadata else None
    return Setup(raw.id, raw.status, raw.client_secret, user_id, card)


async def create_customer(stripe: Stripe, params: dict[str, Any], *, key: str) -> str:
    """Creates a customer and returns its id, the same for the same key. An e-mail address that
    Stripe refuses is left out.
    """

    async def make(wanted: Any, own_key: str) -> str:
        options: Any = {"idempotency_key": own_key, "max_network_retries": PATIENT}
        async with call("create_customer"):
            return (await stripe.api.v1.customers.create_async(wanted, options)).id

    return await without_bad_email(make, params, key)


async def set_email(stripe: Stripe, customer_id: str, email: str) -> None:
    """Gives the customer an e-mail address. Harmless to repeat."""
    async with call("update_customer"):
        await stripe.api.v1.customers.update_async(
            customer_id, {"email": email}, {"max_network_retries": PATIENT}
        )


async def customer_of(stripe: Stripe, user_id: str) -> str | None:
    """The customer that was created for a user, found by metadata: used if the answer to its
    creation was lost and the key has expired.
    """
    async with call("find_customer"):
        found = await stripe.api.v1.customers.search_async(
            {"query": f"metadata['user_id']:'{user_id}'", "limit": 1},
            {"max_network_retries": PATIENT},
        )
    return found.data[0].id if found.data else None


async def create_setup(stripe: Stripe, customer_id: str, user_id: str, *, key: str) -> Setup:
    """A SetupIntent for a card that will be charged off-session."""
    wanted: Any = {
        "customer": customer_id,
        "usage": "off_session",
        "allowed_payment_method_types": ["card"],
        "metadata": {"user_id": user_id},
    }
    async with call("create_setup"):
        return _setup(
            await stripe.api.v1.setup_intents.create_async(
                wanted, {"idempotency_key": key, "max_network_retries": PATIENT}
            )
        )


async def setup(stripe: Stripe, setup_intent_id: str) -> Setup:
    """The SetupIntent as it is now, with its card."""
    async with call("read_setup"):
        return _setup(
            await stripe.api.v1.setup_intents.retrieve_async(
                setup_intent_id, {"expand": ["payment_method"]}, {"max_network_retries": PATIENT}
            )
        )


async def card(stripe: Stripe, payment_method_id: str) -> Card | None:
    """The card as it is now; None if Stripe does not know it."""
    try:
        async with call("read_card"):
            raw = await stripe.api.v1.payment_methods.retrieve_async(
                payment_method_id, {}, {"max_network_retries": PATIENT}
            )
    except Refused as refused:
        if refused.code != "resource_missing":
            raise
        return None
    return _card(raw) if raw.card else None


async def cards_of(stripe: Stripe, customer_id: str) -> list[Card]:
    """The customer's saved cards, newest first."""
    async with call("list_cards"):
        page = await stripe.api.v1.customers.payment_methods.list_async(
            customer_id, {"type": "card"}, {"max_network_retries": PATIENT}
        )
    return [_card(raw) for raw in page.data]


async def detach_card(stripe: Stripe, payment_method_id: str, *, key: str) -> None:
    """Detaches the card at Stripe; does nothing if it is detached already."""
    try:
        async with call("detach"):
            await stripe.api.v1.payment_methods.detach_async(
                payment_method_id, {}, {"idempotency_key": key}
            )
    except Refused:
        left = await card(stripe, payment_method_id)
        if left is not None and left.customer_id is not None:
            raise
