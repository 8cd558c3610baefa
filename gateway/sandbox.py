"""The Stripe sandbox through the gateway's port, for a stack that publishes no other: browsers and
tests reach it there.

Only with STRIPE_SANDBOX_URL, which production refuses. The sandbox's controls need no key, so
whoever reaches the gateway moves its clock: it is a toy, and the data of such a stack are a toy's.
"""

from __future__ import annotations

from gateway.headers import Fields
from gateway.proxy import ProxyCall

# Stripe's API, its script, and the sandbox's own pages and controls. None of the marketplace's
# paths begins like them.
PATHS = ("/v1/", "/v2/", "/v3/", "/_sandbox/")


class SandboxCall(ProxyCall):
    """Stripe's answers as they come, the errors too: they are in Stripe's own form."""

    def check(self, status: int, headers: Fields) -> None:
        """Nothing to object to."""


def is_sandbox_path(path: str) -> bool:
    """Whether the sandbox answers there."""
    return path.startswith(PATHS)


def unchanged(headers: Fields) -> Fields:
    """The sandbox says itself what its pages may do."""
    return headers
