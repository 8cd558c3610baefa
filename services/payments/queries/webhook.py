"""What handlers of Stripe's events need to know of our rows before they ask Stripe."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from services.payments.domain.model import PaymentStatus
from shared.db import Reader


class IntentState(msgspec.Struct, frozen=True):
    """The payment that an intent may belong to. `busy`: a step of its booking may be taking effect
    at Stripe at this moment.
    """

    booking_id: UUID
    status: PaymentStatus
    payment_intent_id: str | None
    updated_at: datetime
    busy: bool


class CaptureState(msgspec.Struct, frozen=True):
    """The payment of a charge: whether its capture is recorded, and how it has settled."""

    status: PaymentStatus
    recorded: bool
    settled: bool


class TransferState(msgspec.Struct, frozen=True):
    """A transfer of a booking: whether it is in the ledger (`known`), whether the booking has a
    payment (`booked`), and whether a step that changes its transfers is under way (`busy`).
    """

    known: bool
    booked: bool
    busy: bool


_INTENT = """
    select p.booking_id, p.status, p.payment_intent_id, p.updated_at,
           exists (select 1 from payments.operations as o
                   where o.subject_id = p.booking_id and o.in_doubt
                     and o.state in ('due', 'running')) as busy
    from payments.payments as p where p.payment_intent_id = $1 or p.booking_id = $2
    order by p.payment_intent_id = $1 desc nulls last limit 1
"""
_CAPTURE = """
    select status, captured_amount > 0 as recorded, settled_currency is not null as settled
    from payments.payments where charge_id = $1
"""
_REFUNDING = """
    select exists (
        select 1 from payments.payments as p
        join payments.operations as o on o.subject_id = p.booking_id
        where p.charge_id = $1 and o.kind = 'refund' and o.in_doubt
          and o.state in ('due', 'running'))
"""
_BOOKED = "select exists (select 1 from payments.payments where booking_id = $1)"
_TRANSFER = """
    select exists (select 1 from payments.ledger_entries as e
                   where e.stripe_object = $1 and e.kind = 'transfer'
                     and e.booking_id = $2) as known,
           exists (select 1 from payments.payments as p where p.booking_id = $2) as booked,
           exists (select 1 from payments.operations as o
                   where o.subject_id = $2 and o.in_doubt and o.state in ('due', 'running')
                     and o.kind in ('transfer', 'reverse')) as busy
"""
_OURS = """
    select exists (select 1 from payments.payments
                   where booking_id = $1 or payment_intent_id = $2 or charge_id = $2)
        or exists (select 1 from payments.setup_intents where setup_intent_id = $2)
        or exists (select 1 from payments.payout_accounts where account_id = $2)
"""


async def intent_state(
    reader: Reader, intent_id: str, booking_id: UUID | None
) -> IntentState | None:
    """The payment with that intent, or else of that booking; None if there is neither."""
    row = await reader.row(_INTENT, intent_id, booking_id)
    if row is None:
        return None
    return IntentState(**{**row, "status": PaymentStatus(row["status"])})


async def capture_state(reader: Reader, charge_id: str) -> CaptureState | None:
    """The payment with that charge; None if there is none."""
    row = await reader.row(_CAPTURE, charge_id)
    if row is None:
        return None
    return CaptureState(**{**row, "status": PaymentStatus(row["status"])})


async def is_being_refunded(reader: Reader, charge_id: str) -> bool:
    """Whether a refund of the charge may be taking effect at Stripe at this moment."""
    found: bool = await reader.value(_REFUNDING, charge_id)
    return found


async def is_booked(reader: Reader, booking_id: UUID) -> bool:
    """Whether the booking has a payment."""
    found: bool = await reader.value(_BOOKED, booking_id)
    return found


async def transfer_state(reader: Reader, transfer_id: str, booking_id: UUID) -> TransferState:
    """What is known of a transfer and of its booking."""
    row = await reader.row(_TRANSFER, transfer_id, booking_id)
    assert row is not None, "it selects no table"
    return TransferState(**row)


async def is_ours(reader: Reader, booking_id: UUID | None, object_id: str | None) -> bool:
    """Whether there is a payment of the booking, or a payment, SetupIntent or payout account with
    that id at Stripe.
    """
    found: bool = await reader.value(_OURS, booking_id, object_id)
    return found
