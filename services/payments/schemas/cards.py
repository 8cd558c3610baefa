"""Cards in responses."""

from __future__ import annotations

import msgspec

from services.payments.stripe_api.cards import Setup


class SetupIntent(msgspec.Struct, frozen=True):
    """What the browser needs to save a card with Stripe."""

    setup_intent_id: str
    client_secret: str
    publishable_key: str


def setup_intent_schema(setup: Setup, publishable_key: str) -> SetupIntent:
    """A SetupIntent for the browser; `publishable_key` is ours at Stripe."""
    return SetupIntent(setup.id, setup.client_secret, publishable_key)
