"""Handlers of events about charges: settlement of a capture, refunds, disputes."""

from __future__ import annotations

from uuid import UUID

from services.payments.commands.disputes import check_dispute
from services.payments.commands.refunds import check_refunds
from services.payments.store import operations
from services.payments.store import payments as payments_store
from services.payments.store.stripe_events import StripeEvent
from services.payments.stripe_api import intents
from services.payments.webhook.intents import Context, NotYet
from shared.ids import id_from

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


async def on_charge(context: Context, event: StripeEvent) -> None:
    """A charge was refunded."""
    charge_id = event.subject.id if event.type.startswith("charge.") else event.subject.charge
    if isinstance(charge_id, str):
        await _ensure_recorded(context, event, charge_id)
        if await context.database.reader.value(_REFUNDING, charge_id):
            raise NotYet("a refund of this booking is under way")
        await check_refunds(context.database, context.stripe, charge_id)


async def on_charge_updated(context: Context, event: StripeEvent) -> None:
    """A capture may have settled: makes the step that waits for it due now."""
    async with context.database.transaction() as db:
        booking_id = await payments_store.unsettled(db, event.subject.id or "")
        if booking_id is not None:
            await operations.hasten(db, booking_id, "settle")


async def on_dispute(context: Context, event: StripeEvent) -> None:
    """A dispute was opened, or decided."""
    if event.subject.id:
        if isinstance(event.subject.charge, str):
            await _ensure_recorded(context, event, event.subject.charge)
        await check_dispute(context.database, context.stripe, event.subject.id)


async def _ensure_recorded(context: Context, event: StripeEvent, charge_id: str) -> None:
    """Raises NotYet for a charge whose capture or settlement is not recorded yet, because what is
    returned is computed from both. There is nothing to wait for if the hold was canceled, which
    Stripe reports as a refund, or if another program made the charge.
    """
    row = await context.database.reader.row(_CAPTURE, charge_id)
    if row is None or not row["recorded"]:
        released = row is not None and row["status"] == "released"
        if not released and await _is_captured(context, event.subject.payment_intent):
            raise NotYet("the capture is not recorded yet")
    elif not row["settled"]:
        raise NotYet("the capture has not settled yet")


async def _is_captured(context: Context, intent_id: object) -> bool:
    """Whether Stripe has captured an intent of one of our bookings."""
    if not isinstance(intent_id, str):
        return False
    intent = await intents.intent(context.stripe, intent_id)
    booking_id: UUID | None = id_from(intent.metadata.get("booking_id"))
    if intent.status != "succeeded" or booking_id is None:
        return False
    booked: bool = await context.database.reader.value(_BOOKED, booking_id)
    return booked
