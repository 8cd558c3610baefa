"""`GET /config`: the marketplace's settings for the web app; none of them is secret."""

from __future__ import annotations

from typing import Annotated

import msgspec

from gateway.settings import GatewaySettings
from shared.currencies import CURRENCIES, Currency
from shared.languages import LANGUAGES

BasisPoints = Annotated[int, msgspec.Meta(description="Hundredths of a per cent.")]


class Brand(msgspec.Struct, frozen=True):
    """Name and appearance of the marketplace. Without `logo_url` the app shows its own logo."""

    name: str
    color: str
    logo_url: str | None


class Features(msgspec.Struct, frozen=True):
    """The optional features of this installation."""

    sandbox: Annotated[
        bool, msgspec.Meta(description="Payments use the Stripe sandbox and its test cards.")
    ]
    verified_email_required: Annotated[
        bool,
        msgspec.Meta(
            description="Consultants are listed only once their e-mail address is verified."
        ),
    ]


class ClientConfig(msgspec.Struct, frozen=True):
    """The settings that the web app depends on; it has no copies of them."""

    brand: Brand
    currencies: Annotated[
        tuple[Currency, ...],
        msgspec.Meta(description="The marketplace's default currency comes first."),
    ]
    locales: Annotated[tuple[str, ...], msgspec.Meta(description="The default comes first.")]
    free_period_seconds: int
    commission_bps: BasisPoints
    cancel_free_seconds: int
    late_cancel_bps: BasisPoints
    minimum_slot_seconds: int
    start_early_seconds: int
    auto_end_after_seconds: int
    stripe_publishable_key: str | None
    stripe_js_url: str | None
    features: Features


def client_config(settings: GatewaySettings) -> ClientConfig:
    """The response; it is the same for everybody until the process is restarted."""
    own = CURRENCIES[settings.default_currency]
    return ClientConfig(
        brand=Brand(settings.brand_name, settings.brand_color, settings.brand_logo_url or None),
        currencies=(own, *(one for one in CURRENCIES.values() if one is not own)),
        locales=LANGUAGES,
        free_period_seconds=settings.free_period_seconds,
        commission_bps=settings.commission_bps,
        cancel_free_seconds=settings.cancel_free_seconds,
        late_cancel_bps=settings.late_cancel_bps,
        minimum_slot_seconds=settings.minimum_slot_seconds,
        start_early_seconds=settings.start_early_seconds,
        auto_end_after_seconds=settings.auto_end_after_seconds,
        stripe_publishable_key=settings.stripe_publishable_key or None,
        stripe_js_url=settings.script() or None,
        features=Features(
            sandbox=bool(settings.script()),
            verified_email_required=bool(settings.require_verified_email),
        ),
    )


def web_manifest(config: ClientConfig) -> bytes:
    """The web app manifest: name, colour and icons with which browsers install the app."""
    icons = [("192", "any"), ("512", "any"), ("maskable-512", "maskable")]
    return msgspec.json.encode(
        {
            "id": "/",
            "name": config.brand.name,
            "short_name": config.brand.name,
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "theme_color": config.brand.color,
            "background_color": "#f6f7f4",
            "icons": [
                {
                    "src": f"/icons/{name}.png",
                    "sizes": "192x192" if name == "192" else "512x512",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for name, purpose in icons
            ],
        }
    )
