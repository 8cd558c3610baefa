"""Stripe's deliveries: raw body, signature, stored, 200. The handling is the job's."""

from typing import Any

import msgspec
from litestar import Request, Response, post

from services.payments.errors import InvalidSignature, WrongLivemode
from services.payments.store import stripe_events as store
from services.payments.stripe_api import events
from services.payments.webhook.handlers import HANDLERS
from shared.openapi import errors
from shared.problems import FieldError, TooLarge, ValidationFailed


class Received(msgspec.Struct, frozen=True):
    """The event is kept; Stripe need not send it again."""

    received: bool


@post(
    "/webhooks/stripe",
    status_code=200,
    responses=errors(InvalidSignature, WrongLivemode, TooLarge),
    tags=["webhooks"],
    summary="Stripe's events",
)
async def receive(request: Request[Any, Any, Any]) -> Response[Received]:
    """For Stripe only: the body must be signed with the platform's or the Connect endpoint's secret
    (or the one before it).
    """
    settings, service = request.app.state.settings, request.app.state.service
    body = await request.body()
    if not events.signed(body, request.headers.get("stripe-signature"), settings.webhook_secrets):
        raise InvalidSignature
    try:
        event = store.read(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ValidationFailed([FieldError("body", "is not an event")]) from None
    if event.livemode != settings.livemode:
        raise WrongLivemode
    await store.keep(service.database, event, body, handled=event.type in HANDLERS)
    return Response(Received(True))
