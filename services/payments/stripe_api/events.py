"""Stripe's events: the part that is acted on, webhook signatures, and the list of those that an
outage may have missed.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import stripe as sdk

from services.payments.stripe_api.client import Stripe, listed

TOLERANCE_SECONDS = 300

Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.:-]{1,255}$")]
Type = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.\[\]-]{1,200}$")]


class Subject(msgspec.Struct):
    """The object that an event is about. Its snapshot may be outdated, so little but its id is
    used.
    """

    id: Id | None = None
    object: str | None = None
    metadata: dict[str, Any] | None = None
    payment_intent: Any = None
    charge: Any = None


class Data(msgspec.Struct):
    """The object that an event is about."""

    object: Subject | None = None


class Cause(msgspec.Struct):
    """The request that caused an event."""

    idempotency_key: str | None = None


class StripeEvent(msgspec.Struct):
    """The part of an event that is acted on; snapshot (v1) and thin (v2) alike, of whatever API
    version.
    """

    id: Id
    type: Type
    livemode: bool = False
    account: Id | None = None
    api_version: str | None = None
    created: Any = None  # seconds since 1970; in thin events a text
    data: Data | None = None
    related_object: Subject | None = None
    request: Cause | str | None = None  # a bare id in events of very old API versions

    @property
    def subject(self) -> Subject:
        """The object that the event is about."""
        if self.related_object is not None:
            return self.related_object
        return (self.data.object if self.data else None) or Subject()

    @property
    def created_at(self) -> datetime | None:
        """When a snapshot event was created, in whole seconds; None for a thin one."""
        return datetime.fromtimestamp(self.created, UTC) if isinstance(self.created, int) else None

    @property
    def echo(self) -> bool:
        """Whether it was caused by a step of this service, which is recording the same from the
        answer at this moment.
        """
        key = self.request.idempotency_key if isinstance(self.request, Cause) else None
        return key is not None and key.startswith("booking:")


_decoder = msgspec.json.Decoder(StripeEvent)


def read(body: bytes) -> StripeEvent:
    """Decodes an event. Raises msgspec.DecodeError (or ValidationError) for anything else."""
    return _decoder.decode(body)


def signed(body: bytes, header: str | None, secrets: Iterable[str]) -> bool:
    """Whether `header` signs `body` with one of `secrets`, at a moment no more than 300 s away,
    past or future (the SDK itself would take any moment of the future).
    """
    # hmac compares signatures as text only if they are ASCII
    if not header or len(header) > 4096 or not header.isascii():
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
