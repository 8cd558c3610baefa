"""Settings of the gateway."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, NamedTuple, TypeAlias

from msgspec import Meta

from shared.currencies import Code
from shared.services import SERVICES
from shared.settings import (
    BadSettings,
    BasisPoints,
    BrandName,
    Color,
    CommonSettings,
    HttpUrl,
    ListenAddress,
    Natural,
    Positive,
    SlotSeconds,
    Switch,
)

Network: TypeAlias = IPv4Network | IPv6Network
Origins = Annotated[
    str,
    Meta(
        pattern=r"^\s*(https?://[^/\s,]+/?\s*(,\s*|\Z))*\Z",
        description="origins separated by commas, like https://app.example,https://two.example",
    ),
]
LogoUrl = Annotated[
    str,
    Meta(
        pattern=r"^((https://|/)\S+)?\Z",
        description="a path of this site (/logo.svg) or an https:// address",
    ),
]


class Proxies(NamedTuple):
    """The proxies in front of the gateway; a request passes `hops` of them."""

    networks: tuple[Network, ...] = ()
    hops: int = 1


NO_PROXIES = Proxies()
BUILT_IN_NAME = "Consultant Connect"
"""What a marketplace is called that has no name of its own."""


class GatewaySettings(CommonSettings, frozen=True, kw_only=True):
    """The services' addresses (one or, comma-separated, several each), limits, and settings that
    are served to clients.
    """

    directory_url: HttpUrl = "http://127.0.0.1:8102"
    booking_url: HttpUrl = "http://127.0.0.1:8103"
    payments_url: HttpUrl = "http://127.0.0.1:8104"
    notifications_url: HttpUrl = "http://127.0.0.1:8105"
    # Requests per minute of one user or, for anonymous callers, one address.
    rate_limit_per_minute: Positive = 600
    # Origins of other sites whose scripts may call the API (comma-separated); none by default.
    cors_origins: Origins = ""
    # Addresses or networks of proxies in front of the gateway (comma-separated), whose
    # X-Forwarded-* headers are trusted.
    trusted_proxies: str = ""
    # How many of them a request passes. With more, a client whose address is within those networks
    # could state its own.
    trusted_proxy_hops: Positive = 1
    # host:port of an internal listener for /metrics; without it no metrics are collected.
    metrics_listen: ListenAddress | None = None
    # The built web app. Without it, a placeholder page is served.
    web_root: str = "web/dist"
    # terms.md, privacy.md, imprint.md and contact.md
    legal_root: str = "deploy/legal"
    # The sandbox's replacement of https://js.stripe.com/…; the web app's Content-Security-Policy
    # then allows its origin.
    stripe_js_url: str = ""
    # The sandbox's address in a stack that publishes only the gateway's port: requests for its
    # paths are then forwarded to it. Never in production.
    stripe_sandbox_url: str = ""
    # Served to the web app at /config; booking, payments and identity have the same settings.
    stripe_publishable_key: str = ""
    free_period_seconds: Natural = 600
    commission_bps: BasisPoints = 1500
    cancel_free_seconds: Natural = 86_400
    late_cancel_bps: BasisPoints = 5000
    minimum_slot_seconds: SlotSeconds = 900
    start_early_seconds: Natural = 900
    auto_end_after_seconds: Natural = 900
    require_verified_email: Switch = 0
    # The currency that the web app proposes; prices in other currencies are possible.
    default_currency: Code = "eur"
    # Name and appearance of the marketplace; without a logo the built-in one is used.
    brand_name: BrandName = BUILT_IN_NAME
    brand_color: Color = "#0f6b60"
    brand_logo_url: LogoUrl = ""

    def __post_init__(self) -> None:
        """Raises BadSettings for a sandbox in production, or a sandbox URL that is not http."""
        if self.stripe_sandbox_url and self.environment == "production":
            raise BadSettings("STRIPE_SANDBOX_URL must not be set when ENVIRONMENT=production")
        if self.stripe_sandbox_url and not self.stripe_sandbox_url.startswith("http://"):
            raise BadSettings("STRIPE_SANDBOX_URL must begin with http://")

    def script(self) -> str:
        """The address of the sandbox's script for browsers; empty if Stripe's own is used."""
        through_us = f"{self.public_url.rstrip('/')}/v3/" if self.stripe_sandbox_url else ""
        return self.stripe_js_url or through_us

    def origins(self) -> frozenset[bytes]:
        """CORS_ORIGINS in the form of an Origin header."""
        return frozenset(
            o.strip().rstrip("/").encode() for o in self.cors_origins.split(",") if o.strip()
        )

    def proxies(self) -> Proxies:
        """TRUSTED_PROXIES as networks. Raises BadSettings."""
        try:
            networks = tuple(
                ip_network(p.strip(), strict=False)
                for p in self.trusted_proxies.split(",")
                if p.strip()
            )
        except ValueError as error:
            raise BadSettings(f"TRUSTED_PROXIES is malformed: {error}") from None
        return Proxies(networks, self.trusted_proxy_hops)

    def upstreams(self) -> dict[str, str]:
        """The services and their internal addresses. Raises BadSettings for a URL that is not
        http.
        """
        urls: dict[str, str] = {name: getattr(self, f"{name}_url") for name in SERVICES}
        for name, url in urls.items():
            if not all(one.strip().startswith("http://") for one in url.split(",")):
                raise BadSettings(f"{name.upper()}_URL must begin with http://")
        return urls
