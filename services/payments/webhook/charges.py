"""Handlers of events about charges: settlement of a capture, refunds, disputes."""

from __future__ import annotations

from uuid import UUID

from services.payments.commands.disputes import check_dispute
from services.payments.commands.refunds import check_refunds
from services.payments.domain.model import PaymentStatus
from services.payments.domain.operations import StepKind
from services.payments.queries.webhook import capture_state, is_being_refunded, is_booked
from services.payments.store import operations
from services.payments.store.charges import booking_of_unsettled_capture
from services.payments.stripe_api import intents
from services.payments.stripe_api.events import StripeEvent
from services.payments.webhook.context import StripeContext
from services.payments.webhook.errors import NotYet
from shared.ids import id_from


async def on_charge(context: StripeContext, event: StripeEvent) -> None:
    """A charge was refunded."""
    charge_id = event.subject.id if event.type.startswith("charge.") else event.subject.charge
    if isinstance(charge_id, str):
        await _ensure_recorded(context, event, charge_id)
        if await is_being_refunded(context.database.reader, charge_id):
            raise NotYet("a refund of this booking is under way")
        await check_refunds(context.database, context.stripe, charge_id)


async def on_charge_updated(context: StripeContext, event: StripeEvent) -> None:
    """A capture may have settled: makes the step that waits for it due now."""
    async with context.database.transaction() as db:
        booking_id = await booking_of_unsettled_capture(db, event.subject.id or "")
        if booking_id is not None:
            await operations.hasten(db, booking_id, StepKind.SETTLE)


async def on_dispute(context: StripeContext, event: StripeEvent) -> None:
    """A dispute was opened, or decided."""
    if event.subject.id:
        if isinstance(event.subject.charge, str):
            await _ensure_recorded(context, event, event.subject.charge)
        await check_dispute(context.database, context.stripe, event.subject.id)


async def _ensure_recorded(context: StripeContext, event: StripeEvent, charge_id: str) -> None:
    """Raises NotYet for a charge whose capture or settlement is not recorded yet, because what is
    returned is computed from both. There is nothing to wait for if the hold was canceled, which
    Stripe reports as a refund, or if another program made the charge.
    """
    capture = await capture_state(context.database.reader, charge_id)
    if capture is None or not capture.recorded:
        released = capture is not None and capture.status == PaymentStatus.RELEASED
        if not released and await _is_captured(context, event.subject.payment_intent):
            raise NotYet("the capture is not recorded yet")
    elif not capture.settled:
        raise NotYet("the capture has not settled yet")


async def _is_captured(context: StripeContext, intent_id: object) -> bool:
    """Whether Stripe has captured an intent of one of our bookings."""
    if not isinstance(intent_id, str):
        return False
    intent = await intents.intent(context.stripe, intent_id)
    booking_id: UUID | None = id_from(intent.metadata.get("booking_id"))
    if intent.status != "succeeded" or booking_id is None:
        return False
    return await is_booked(context.database.reader, booking_id)
