"""Cards in responses."""

from __future__ import annotations

import msgspec

from services.payments.domain.model import SavedCard
from services.payments.stripe_api.cards import Setup


class SetupIntent(msgspec.Struct, frozen=True):
    """What the browser needs to save a card with Stripe."""

    setup_intent_id: str
    client_secret: str
    publishable_key: str


class PaymentMethod(msgspec.Struct, frozen=True):
    """The saved card."""

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


def setup_intent_schema(setup: Setup, publishable_key: str) -> SetupIntent:
    """A SetupIntent for the browser; `publishable_key` is ours at Stripe."""
    return SetupIntent(setup.id, setup.client_secret, publishable_key)


def payment_method_schema(card: SavedCard) -> PaymentMethod:
    """A saved card as its owner sees it."""
    return PaymentMethod(
        card.payment_method_id, card.brand, card.last4, card.exp_month, card.exp_year
    )
