"""PaymentIntents: a hold on a card, its capture, its release."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from services.payments.domain.model import Settlement
from services.payments.stripe_api.client import Stripe, listed, raw
from services.payments.stripe_api.outcomes import Refused, Uncertain, call, failure_of
from services.payments.stripe_api.settlements import settlement_of

# Expanded in every answer, so that one call returns everything that is stored.
EXPAND = ["latest_charge.balance_transaction"]
UNEXPECTED_STATE = "payment_intent_unexpected_state"
FINAL = ("canceled", "succeeded")
HELD_OR_CAPTURED = ("requires_capture", "succeeded")


class Intent(msgspec.Struct, frozen=True):
    """The parts of a PaymentIntent that are used here. Amounts are in minor units; `settlement` is
    the effect of the capture on our balance, None until it has settled.
    """

    id: str
    status: str
    amount: int
    captured: int
    currency: str
    charge_id: str | None = None
    capture_before: datetime | None = None
    settlement: Settlement | None = None
    failure: str | None = None
    metadata: dict[str, str] = {}
    client_secret: str = ""

    def __repr__(self) -> str:  # the client secret lets its bearer confirm: never in a log
        return f"Intent({self.id}, {self.status})"


def _intent(data: dict[str, Any]) -> Intent:
    charge = data["latest_charge"]
    details: dict[str, Any] = charge if isinstance(charge, dict) else {}
    until = ((details.get("payment_method_details") or {}).get("card") or {}).get("capture_before")
    error = data.get("last_payment_error")
    return Intent(
        id=data["id"],
        status=data["status"],
        amount=data["amount"],
        captured=data["amount_received"],
        currency=data["currency"],
        charge_id=details.get("id", charge if isinstance(charge, str) else None),
        capture_before=datetime.fromtimestamp(until, UTC) if until else None,
        settlement=settlement_of(details.get("balance_transaction")),
        failure=failure_of(error.get("code"), error.get("decline_code")) if error else None,
        metadata=data.get("metadata") or {},
        client_secret=data.get("client_secret") or "",
    )


def _path(intent_id: str, verb: str = "") -> str:
    return f"/v1/payment_intents/{intent_id}{verb}"


async def create_intent(
    stripe: Stripe, params: dict[str, Any], *, key: str, manual: bool
) -> Intent:
    """Holds (`manual`) or charges `params["amount"]` off-session on a saved card. Raises Declined,
    Refused, Uncertain.
    """
    wanted: Any = {
        "amount": params["amount"],
        "currency": params["currency"],
        "customer": params["customer"],
        "payment_method": params["payment_method"],
        "capture_method": "manual" if manual else "automatic",
        "off_session": True,
        "confirm": True,
        "allowed_payment_method_types": ["card"],
        "transfer_group": params["booking_id"],
        "metadata": {"booking_id": params["booking_id"], "operation": key},
        "expand": EXPAND,
    }
    async with call("authorize" if manual else "charge"):
        return _intent(await raw(stripe, "post", "/v1/payment_intents", wanted, key=key))


async def intent(stripe: Stripe, intent_id: str) -> Intent:
    """The intent as it is now."""
    async with call("read_intent"):
        return _intent(await raw(stripe, "get", _path(intent_id), {"expand": EXPAND}, retries=2))


async def intents_of(stripe: Stripe, customer_id: str, booking_id: str) -> list[Intent]:
    """All intents that were made for one booking, newest first."""
    async with call("list_intents"):
        page = await stripe.api.v1.payment_intents.list_async(
            {
                "customer": customer_id,
                "limit": 100,
                "expand": ["data.latest_charge.balance_transaction"],
            },
            {"max_network_retries": 2},
        )
        return [
            _intent(one.to_dict())
            async for one in page.auto_paging_iter()
            if one.metadata and one.metadata.to_dict().get("booking_id") == booking_id
        ]


async def intents_between(
    stripe: Stripe, since: datetime, until: datetime | None
) -> AsyncIterator[Intent]:
    """All intents created in [since, until) (None: until now), newest first."""
    async for one in listed(stripe, "/v1/payment_intents", {}, since, until):
        yield _intent(one)


async def capture_intent(stripe: Stripe, intent_id: str, amount: int, *, key: str) -> Intent:
    """Captures `amount` of the hold and releases the rest. An intent that is no longer held is
    returned as it is: its status tells whether it was captured earlier or has lapsed.
    """
    wanted: Any = {"amount_to_capture": amount, "expand": EXPAND}
    try:
        async with call("capture"):
            return _intent(await raw(stripe, "post", _path(intent_id, "/capture"), wanted, key=key))
    except Refused as refused:
        if refused.code != UNEXPECTED_STATE:
            raise
        return await intent(stripe, intent_id)


async def cancel_intent(stripe: Stripe, intent_id: str, *, key: str) -> Intent:
    """Cancels a hold, or an intent that was never confirmed. One that is final already is returned
    as it is. Raises Uncertain, as for a key that was replayed, for one that could not be canceled
    and is not final: the bank is still deciding, or was when Stripe answered this key.
    """
    try:
        async with call("cancel"):
            return _intent(
                await raw(stripe, "post", _path(intent_id, "/cancel"), {"expand": EXPAND}, key=key)
            )
    except Refused as refused:
        if refused.code != UNEXPECTED_STATE:
            raise
    found = await intent(stripe, intent_id)
    if found.status not in FINAL:
        raise Uncertain(found.status, replayed=True)
    return found


async def ended_intent(stripe: Stripe, intent_id: str) -> Intent | None:
    """The intent if it is final; None if it can still be canceled. Raises Uncertain while the bank
    is deciding.
    """
    found = await intent(stripe, intent_id)
    if found.status == "processing":
        raise Uncertain("processing")
    return found if found.status in FINAL else None


async def challenge_intent(stripe: Stripe, intent_id: str, payment_method_id: str) -> Intent:
    """Confirms a declined intent again, on-session, with the card on file: now the bank asks the
    cardholder to authenticate instead of declining, and the browser continues with the client
    secret. Raises Declined if the bank declines all the same.
    """
    wanted: Any = {
        "payment_method": payment_method_id,
        "off_session": False,
        "use_stripe_sdk": True,
        "expand": EXPAND,
    }
    async with call("challenge"):
        return _intent(await raw(stripe, "post", _path(intent_id, "/confirm"), wanted, retries=2))
