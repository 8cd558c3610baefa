"""Saving, showing and removing a card. No transaction is open while Stripe is called."""

import contextlib
from datetime import timedelta
from uuid import UUID

from litestar import Response, delete, get, post

from services.payments.commands import cards
from services.payments.domain.model import SavedCard
from services.payments.errors import NoPaymentMethod, StripeRefused, StripeUnavailable
from services.payments.queries.cards import card_of, open_setup_of
from services.payments.routes.dependencies import Cipher, Settings, StripeClient
from services.payments.routes.idempotency import call_once
from services.payments.routes.stripe_answers import stripe_answers
from services.payments.schemas.cards import (
    PaymentMethod,
    SetupIntent,
    payment_method_schema,
    setup_intent_schema,
)
from services.payments.stripe_api import StripeProblem
from shared import clock
from shared.auth import seeker
from shared.dependencies import AuthenticatedRequest, Db, Pool, Reader
from shared.openapi import errors

# A card's event usually arrives within a second; after that the card is read at Stripe.
EVENT_USUALLY_WITHIN = timedelta(seconds=3)


@post(
    "/payments/setup-intent",
    guards=[seeker],
    status_code=201,
    responses=errors(StripeUnavailable, StripeRefused),
    tags=["payments"],
    summary="Start saving a card",
)
async def start_setup(
    request: AuthenticatedRequest,
    pool: Pool,
    stripe: StripeClient,
    settings: Settings,
    cipher: Cipher,
) -> Response[SetupIntent]:
    """Creates a SetupIntent, which the browser confirms with Stripe; the card is saved once Stripe
    confirms it.
    """

    async def start() -> Response[SetupIntent]:
        with stripe_answers():
            made = await cards.start_setup(pool, stripe, request.user)
        key = settings.stripe_publishable_key
        return Response(setup_intent_schema(made, key), status_code=201)

    return await call_once(request, pool, cipher, start)


@get(
    "/payments/payment-method",
    guards=[seeker],
    responses=errors(NoPaymentMethod),
    tags=["payments"],
    summary="Show the saved card",
)
async def payment_method(
    request: AuthenticatedRequest, reader: Reader, pool: Pool, stripe: StripeClient
) -> PaymentMethod:
    """The card with which the seeker's bookings are paid."""
    card = await card_of(reader, request.user.id)
    if card is None:
        card = await _look_at_stripe(request.user.id, reader, pool, stripe)
    if card is None:
        raise NoPaymentMethod
    return payment_method_schema(card)


async def _look_at_stripe(
    user_id: UUID, reader: Reader, pool: Pool, stripe: StripeClient
) -> SavedCard | None:
    """Looks for a card whose event may be late or lost."""
    before = clock.now() - EVENT_USUALLY_WITHIN
    setup_intent_id = await open_setup_of(reader, user_id, before)
    if setup_intent_id is None:
        return None
    with contextlib.suppress(StripeProblem):
        await cards.check_setup(pool, stripe, setup_intent_id)
    return await card_of(reader, user_id)


@delete(
    "/payments/payment-method",
    guards=[seeker],
    responses=errors(NoPaymentMethod),
    tags=["payments"],
    summary="Remove the saved card",
)
async def remove_payment_method(request: AuthenticatedRequest, db: Db) -> None:
    """Removes the saved card; it is detached at Stripe at once."""
    await cards.remove_card(db, request.user.id)


HANDLERS = (start_setup, payment_method, remove_payment_method)
