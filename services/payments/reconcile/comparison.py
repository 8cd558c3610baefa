"""Compares one payment with its intents and transfers at Stripe."""

from __future__ import annotations

from collections.abc import Sequence

from services.payments.domain.model import PaymentStatus
from services.payments.reconcile.own_tables import Difference, repair_of
from services.payments.reconcile.queries.payments import ComparedPayment
from services.payments.stripe_api.intents import HELD_OR_CAPTURED, Intent
from services.payments.stripe_api.transfers import Transfer

# The allowed statuses of an intent, by the status of its payment.
AGREES = {
    PaymentStatus.AUTHORIZED: ("requires_capture",),
    PaymentStatus.FAILED: (
        "requires_payment_method",
        "requires_action",
        "requires_confirmation",
        "canceled",
    ),
    PaymentStatus.CAPTURED: ("succeeded",),
    PaymentStatus.REFUNDED: ("succeeded",),
    PaymentStatus.DISPUTED: ("succeeded",),
    PaymentStatus.RELEASED: ("canceled",),
}


def agree(payment: ComparedPayment, made: Sequence[Intent], sent: Sequence[Transfer]) -> bool:
    """Whether the payment agrees with its intents and transfers, as far as they were listed."""
    intent_id = payment.payment_intent_id
    if intent_id is not None and all(one.id != intent_id for one in made):
        return False  # it is older than the listed period
    return not differences(payment, made, sent)


def differences(
    payment: ComparedPayment, made: Sequence[Intent], sent: Sequence[Transfer]
) -> list[Difference]:
    """The differences between the payment and all of its intents and transfers."""
    return [
        Difference(str(payment.booking_id), what, repair_of(payment.booking_id))
        for what in (*_of_intents(payment, made), *_of_transfers(payment, sent))
    ]


def _of_intents(payment: ComparedPayment, made: Sequence[Intent]) -> list[str]:
    intent_id, status = payment.payment_intent_id, payment.status
    found = [
        f"{one.id} is {one.status} at Stripe, in addition to the payment's own"
        for one in made
        if one.id != intent_id and one.status in HELD_OR_CAPTURED
    ]
    if intent_id is None:
        return found
    current = next((one for one in made if one.id == intent_id), None)
    if current is None:
        return [*found, f"payment is {status}, its intent {intent_id} is not at Stripe"]
    if status in AGREES and current.status not in AGREES[status]:
        found.append(f"payment is {status}, its intent {current.id} {current.status} at Stripe")
    if current.status == "succeeded" and current.captured != payment.captured_amount:
        found.append(f"payment captured {payment.captured_amount}, Stripe {current.captured}")
    return found


def _of_transfers(payment: ComparedPayment, sent: Sequence[Transfer]) -> list[str]:
    net = sum(one.amount - one.amount_reversed for one in sent)
    if net == payment.sent_amount:
        return []
    return [f"payout sent {payment.sent_amount}, Stripe {net}"]
