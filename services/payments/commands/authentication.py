"""Authentication with the cardholder's bank: the intent is confirmed on-session and the browser
continues. The outcome arrives as an event.
"""

from __future__ import annotations

from uuid import UUID

from services.payments.domain.model import Due, PaymentStatus
from services.payments.errors import NothingToAuthenticate
from services.payments.store import failed_payments
from services.payments.stripe_api import Declined, Refused, Stripe, intents
from shared.db import Reader
from shared.problems import NotFound


async def secret_for(reader: Reader, stripe: Stripe, booking_id: UUID, seeker_id: UUID) -> str:
    """The client secret with which the seeker confirms. Raises NotFound, NothingToAuthenticate, and
    Stripe's problems.
    """
    payment = await failed_payments.to_authenticate(reader, booking_id, seeker_id)
    if payment is None:
        raise NotFound
    waits = (
        payment.status == PaymentStatus.FAILED
        and payment.failure == "authentication_required"
        and payment.due != Due.RELEASE
    )
    if not waits or payment.payment_intent_id is None:
        raise NothingToAuthenticate
    intent = await intents.intent(stripe, payment.payment_intent_id)
    if intent.status in ("requires_action", "requires_confirmation"):
        return intent.client_secret  # requested before: the browser continues from there
    if intent.status != "requires_payment_method" or payment.card is None:
        raise NothingToAuthenticate
    try:
        return (await intents.challenge_intent(stripe, intent.id, payment.card)).client_secret
    except Declined as declined:
        raise NothingToAuthenticate from declined
    except Refused as refused:
        if refused.code != intents.UNEXPECTED_STATE:
            raise
        raise NothingToAuthenticate from refused
