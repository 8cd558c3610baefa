"""Settings of payments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from shared.countries import COUNTRIES
from shared.settings import (
    BadSettings,
    BrandName,
    HttpUrl,
    Natural,
    Positive,
    ServiceSettings,
    Switch,
)

SecretKey = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(sk|rk)_(test|live)_\S+$",
        description="a key that begins with sk_test_, rk_test_, sk_live_ or rk_live_",
    ),
]
PublishableKey = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^pk_(test|live)_\S+$", description="a key that begins with pk_test_ or pk_live_"
    ),
]
WebhookSecret = Annotated[
    str, msgspec.Meta(min_length=8, description="a secret of at least 8 characters")
]
ReceiptText = Annotated[
    str, msgspec.Meta(max_length=500, description="a text of at most 500 characters")
]
ReceiptPrefix = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9/_-]{0,20}$",
        description="at most 20 letters, digits, /, - and _",
    ),
]
Country = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^({'|'.join(COUNTRIES)})$",
        description="the two letters of a country (ISO 3166) in lower case, like us",
    ),
]
StripeAccounts = Annotated[Literal["v2", "v1"], msgspec.Meta(description="v2 or v1")]

REAL_STRIPE = "https://api.stripe.com"


class PaymentsSettings(ServiceSettings, frozen=True, kw_only=True):
    """Stripe's keys and secrets (none has a default: a wrong one must not go unnoticed), and the
    terms of payouts.

    `receipt_…` is what tax law requires on a receipt: the issuer (`brand_name` if empty), their
    address (";" separates lines), their tax number, a note (such as why no tax is shown), and the
    prefix of receipt numbers. `receipt_font` is the TrueType or OpenType file of a font that takes
    precedence over those that come with the service.

    `require_verified_email`: 1 if a payout account is opened only for a verified address.

    A secret's `_previous` is its predecessor, accepted while Stripe rolls it. `stripe_accounts`
    chooses Accounts v2 or v1.
    """

    stripe_secret_key: SecretKey
    stripe_publishable_key: PublishableKey
    stripe_webhook_secret: WebhookSecret
    stripe_webhook_secret_previous: WebhookSecret | None = None
    stripe_connect_webhook_secret: WebhookSecret | None = None
    stripe_connect_webhook_secret_previous: WebhookSecret | None = None
    stripe_api_base: HttpUrl | None = None
    stripe_accounts: StripeAccounts = "v2"
    stripe_timeout_seconds: Positive = 8
    payout_delay_seconds: Natural = 0
    payout_country: Country = "us"
    require_verified_email: Switch = 0
    events_poll_seconds: Positive = 180
    brand_name: BrandName = "Consultant Connect"
    receipt_issuer: ReceiptText = ""
    receipt_address: ReceiptText = ""
    receipt_tax_id: ReceiptText = ""
    receipt_note: ReceiptText = ""
    receipt_number_prefix: ReceiptPrefix = ""
    receipt_font: str = ""

    def __post_init__(self) -> None:
        """Raises BadSettings for settings that contradict each other: a live key with a sandbox
        address, a sandbox address in production, keys of different modes. Likewise for a font file
        that does not exist.
        """
        stand_in = (
            self.stripe_api_base is not None and self.stripe_api_base.rstrip("/") != REAL_STRIPE
        )
        problem = None
        if stand_in and self.livemode:
            problem = "STRIPE_API_BASE is not Stripe's own, and STRIPE_SECRET_KEY is a live key"
        elif self.environment == "production" and self.stripe_api_base is not None:
            problem = "STRIPE_API_BASE must not be set when ENVIRONMENT=production"
        elif self.livemode != self.stripe_publishable_key.startswith("pk_live_"):
            problem = "STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are not of the same mode"
        elif self.receipt_font and not Path(self.receipt_font).is_file():
            problem = f"RECEIPT_FONT does not exist: {self.receipt_font}"
        if problem:
            raise BadSettings(problem)

    @property
    def issuer(self) -> str:
        """The issuer of receipts and statements."""
        return self.receipt_issuer or self.brand_name

    @property
    def issuer_address(self) -> list[str]:
        """The lines of the issuer's address."""
        return [line.strip() for line in self.receipt_address.split(";") if line.strip()]

    @property
    def livemode(self) -> bool:
        """Whether the keys are live keys, so that real money moves."""
        return "_live_" in self.stripe_secret_key

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """All secrets with which a delivery may be signed: platform and Connect, each with its
        predecessor.
        """
        known = (
            self.stripe_webhook_secret,
            self.stripe_webhook_secret_previous,
            self.stripe_connect_webhook_secret,
            self.stripe_connect_webhook_secret_previous,
        )
        return tuple(secret for secret in known if secret)
