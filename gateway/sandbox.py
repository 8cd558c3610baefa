"""Forwards requests to the Stripe sandbox, for stacks that publish only the gateway's port, so that
browsers and tests can reach it.

Enabled by STRIPE_SANDBOX_URL, which is rejected in production. The sandbox's controls need no key:
anyone who can reach the gateway can, for example, move its clock.
"""

from __future__ import annotations

from gateway.headers import Fields
from gateway.proxy import ProxyCall

# Stripe's API and script, and the sandbox's own pages and controls. No path of the marketplace
# begins like these.
PATHS = ("/v1/", "/v2/", "/v3/", "/_sandbox/")


class SandboxCall(ProxyCall):
    """Forwards the sandbox's responses unchanged, including errors, which are in Stripe's
    format.
    """

    def check(self, status: int, headers: Fields) -> None:
        """Accepts every response."""


def is_sandbox_path(path: str) -> bool:
    """Whether the path belongs to the sandbox."""
    return path.startswith(PATHS)


def unchanged(headers: Fields) -> Fields:
    """The sandbox sets the security headers of its pages itself."""
    return headers
