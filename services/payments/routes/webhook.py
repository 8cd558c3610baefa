"""Stripe's webhook: verifies the signature of the raw body, stores the event, responds 200. A job
handles it.
"""

from typing import Any

import msgspec
from litestar import Request, Response, post

from services.payments.errors import InvalidSignature
from services.payments.routes.dependencies import Settings
from services.payments.schemas.webhook import Received
from services.payments.stripe_api import events
from services.payments.webhook.incoming import store_event
from shared.dependencies import Pool
from shared.openapi import errors
from shared.problems import FieldError, TooLarge, ValidationFailed


@post(
    "/webhooks/stripe",
    status_code=200,
    responses=errors(InvalidSignature, TooLarge),
    tags=["webhooks"],
    summary="Receive an event of Stripe",
)
async def receive(
    request: Request[Any, Any, Any], pool: Pool, settings: Settings
) -> Response[Received]:
    """For Stripe only: the body must be signed with the platform's or the Connect endpoint's secret
    (or the one before it).
    """
    body = await request.body()
    if not events.signed(body, request.headers.get("stripe-signature"), settings.webhook_secrets):
        raise InvalidSignature
    try:
        event = events.read(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ValidationFailed([FieldError("body", "is not an event")]) from None
    await store_event(pool, event, body, livemode=settings.livemode)
    return Response(Received(True))


HANDLERS = (receive,)
