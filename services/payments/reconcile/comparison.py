"""Compares one payment with its intents and transfers at Stripe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.payments.reconcile.own_tables import Difference, repair_of
from services.payments.stripe_api.intents import HELD_OR_CAPTURED, Intent
from services.payments.stripe_api.transfers import Transfer

# The allowed statuses of an intent, by the status of its payment.
AGREES = {
    "authorized": ("requires_capture",),
    "failed": ("requires_payment_method", "requires_action", "requires_confirmation", "canceled"),
    "captured": ("succeeded",),
    "refunded": ("succeeded",),
    "disputed": ("succeeded",),
    "released": ("canceled",),
}

# `busy`: a step that changes something at Stripe is in progress, or an intent is to be canceled.
COLUMNS = """
    p.booking_id, p.status, p.payment_intent_id, p.captured_amount,
    coalesce(o.sent_amount, 0) as sent_amount,
    exists (select 1 from payments.operations as s
            where s.subject_id = p.booking_id and s.state in ('due', 'running')
              and (s.in_doubt or s.kind = 'abandon')) as busy
    from payments.payments as p
    left join payments.payouts as o on o.booking_id = p.booking_id
"""


def agree(row: Any, made: Sequence[Intent], sent: Sequence[Transfer]) -> bool:
    """Whether the payment agrees with its intents and transfers, as far as they were listed."""
    intent_id = row["payment_intent_id"]
    if intent_id is not None and all(one.id != intent_id for one in made):
        return False  # it is older than the listed period
    return not differences(row, made, sent)


def differences(row: Any, made: Sequence[Intent], sent: Sequence[Transfer]) -> list[Difference]:
    """The differences between the payment and all of its intents and transfers."""
    return [
        Difference(str(row["booking_id"]), what, repair_of(row["booking_id"]))
        for what in (*_of_intents(row, made), *_of_transfers(row, sent))
    ]


def _of_intents(row: Any, made: Sequence[Intent]) -> list[str]:
    intent_id, status, captured = row["payment_intent_id"], row["status"], row["captured_amount"]
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
    if current.status == "succeeded" and current.captured != captured:
        found.append(f"payment captured {captured}, Stripe {current.captured}")
    return found


def _of_transfers(row: Any, sent: Sequence[Transfer]) -> list[str]:
    net = sum(one.amount - one.amount_reversed for one in sent)
    if net == row["sent_amount"]:
        return []
    return [f"payout sent {row['sent_amount']}, Stripe {net}"]
