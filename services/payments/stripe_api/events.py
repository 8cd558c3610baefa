"""Webhook signatures, and the list of events that an outage may have missed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

import stripe as sdk

from services.payments.stripe_api.client import Stripe, listed

TOLERANCE_SECONDS = 300


def signed(body: bytes, header: str | None, secrets: Iterable[str]) -> bool:
    """Whether `header` signs `body` with one of `secrets`, at a moment no more than 300 s away,
    past or future (the SDK itself would take any moment of the future).
    """
    if not header or len(header) > 4096:
        return False
    try:
        stamp = next(int(part[2:]) for part in header.split(",") if part.startswith("t="))
    except (ValueError, StopIteration):
        return False
    if stamp > time.time() + TOLERANCE_SECONDS:
        return False
    for secret in secrets:
        try:
            if sdk.WebhookSignature.verify_header(body, header, secret, TOLERANCE_SECONDS):
                return True
        except (sdk.SignatureVerificationError, ValueError):
            continue
    return False


async def events_since(stripe: Stripe, since: datetime) -> AsyncIterator[dict[str, Any]]:
    """The platform's events created from `since` on, newest first. Raises Refused, Uncertain."""
    async for one in listed(stripe, "/v1/events", {}, since, None):
        yield one
