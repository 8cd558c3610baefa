"""The connection to Stripe, and what several calls have in common."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import aiohttp
import msgspec
import stripe

from services.payments.settings import PaymentsSettings
from services.payments.stripe_api.outcomes import Refused, call

# The SDK's telemetry is of no use here, and costs a call of platform.platform() per request.
stripe.enable_telemetry = False

Made = TypeVar("Made")

CONNECT_SECONDS = 3.0
# Stripe keeps an idempotency key for at least 24 hours. Shortly before that, Stripe is searched for
# the outcome instead of relying on the key.
KEY_TRUSTED_FOR = timedelta(hours=23)
# Retries by the SDK itself, for calls that a user waits for and that are safe to repeat with their
# key.
PATIENT = 2


class Stripe(msgspec.Struct, frozen=True):
    """A connection to one Stripe account; `api` is the SDK's client. With `livemode` real money
    moves.
    """

    api: stripe.StripeClient
    http: stripe.AIOHTTPClient
    accounts: str
    livemode: bool

    async def close(self) -> None:
        """Closes the pooled connections."""
        await self.http.close_async()  # type: ignore[no-untyped-call]


def connect(settings: PaymentsSettings) -> Stripe:
    """A client for the account of `settings`. Opens no connection yet; must be called from the
    loop's thread.
    """
    timeout = aiohttp.ClientTimeout(total=settings.stripe_timeout_seconds, connect=CONNECT_SECONDS)
    http = stripe.AIOHTTPClient(timeout=timeout)
    addresses: Any = (
        {"api": settings.stripe_api_base.rstrip("/")} if settings.stripe_api_base else {}
    )
    api = stripe.StripeClient(
        settings.stripe_secret_key,
        base_addresses=addresses,
        http_client=http,
        max_network_retries=0,
    )
    return Stripe(api, http, settings.stripe_accounts, settings.livemode)


async def raw(
    stripe: Stripe,
    method: str,
    path: str,
    params: dict[str, Any],
    *,
    key: str | None = None,
    retries: int = 0,
) -> dict[str, Any]:
    """The JSON that Stripe answers. The SDK's objects of one expanded PaymentIntent take 3 ms of
    CPU to build, and every booking needs three of them: there the SDK is asked for the plain
    answer.
    """
    options: dict[str, Any] = {
        "max_network_retries": retries,
        **({"idempotency_key": key} if key else {}),
    }
    response = await stripe.api.raw_request_async(method, path, **params, **options)
    data: dict[str, Any] = response.data
    return data


async def listed(
    stripe: Stripe, path: str, params: dict[str, Any], since: datetime, until: datetime | None
) -> AsyncIterator[dict[str, Any]]:
    """The objects that Stripe lists at `path` as created in [since, until) (None: until now by
    Stripe's clock), newest first, as plain JSON, page by page: a reconciliation reads a hundred
    thousand of them.
    """
    created = {"gte": int(since.timestamp())}
    if until is not None:
        created["lt"] = int(until.timestamp())
    wanted: dict[str, Any] = {**params, "created": created, "limit": 100}
    while True:
        async with call("list"):
            page = await raw(stripe, "get", path, wanted, retries=PATIENT)
        for one in page["data"]:
            yield one
        if not page["has_more"]:
            return
        wanted["starting_after"] = page["data"][-1]["id"]


async def without_bad_email(
    make: Callable[[dict[str, Any], str], Awaitable[Made]], params: dict[str, Any], key: str
) -> Made:
    """Calls `make` with `params` and the key, and again without the e-mail address if Stripe
    refuses it: an address that only Stripe finds invalid must not keep anyone from paying or being
    paid.
    """
    try:
        return await make(params, key)
    except Refused as refused:
        if refused.code != "email_invalid":
            raise
    rest = {name: value for name, value in params.items() if name != "email"}
    return await make(rest, f"{key}:without-email")
