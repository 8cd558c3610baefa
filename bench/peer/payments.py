"""Stripe's API over HTTP, called within requests."""

from __future__ import annotations

import httpx

from bench.peer.models import Booking
from bench.peer.settings import settings

client = httpx.AsyncClient(
    base_url=settings.stripe_api_base, auth=(settings.stripe_secret_key, ""), timeout=20
)


async def authorize(booking: Booking) -> str:
    """Authorises the booking's amount on a test card and returns the intent's id. Raises
    HTTPStatusError.
    """
    intent = await _post(
        "/v1/payment_intents",
        f"{booking.id}:authorize",
        {
            "amount": str(booking.amount),
            "currency": booking.currency,
            "capture_method": "manual",
            "confirm": "true",
            "payment_method": "pm_card_visa",
            "allowed_payment_method_types[0]": "card",
            "transfer_group": str(booking.id),
            "metadata[booking_id]": str(booking.id),
        },
    )
    return str(intent["id"])


async def capture(booking: Booking) -> None:
    """Captures the hold."""
    path = f"/v1/payment_intents/{booking.payment_intent_id}/capture"
    await _post(path, f"{booking.id}:capture", {})


async def release(booking: Booking) -> None:
    """Releases the hold."""
    path = f"/v1/payment_intents/{booking.payment_intent_id}/cancel"
    await _post(path, f"{booking.id}:release", {})


async def _post(path: str, key: str, form: dict[str, str]) -> dict[str, object]:
    answer = await client.post(path, data=form, headers={"Idempotency-Key": key})
    answer.raise_for_status()
    content: dict[str, object] = answer.json()
    return content
