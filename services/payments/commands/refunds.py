"""Refunds: requested by the consultant, or made by an operator in Stripe's Dashboard. Commission
and the consultant's share are returned in proportion.
"""

from __future__ import annotations

from uuid import UUID

from services.payments import ledger
from services.payments.commands.division import split_between_parties, update_status
from services.payments.domain.model import (
    DisputeOutcome,
    Payment,
    PaymentStatus,
    Refund,
    RefundState,
)
from services.payments.domain.operations import StepKind
from services.payments.domain.policy import commission_between, remaining_of
from services.payments.errors import (
    ChargedBack,
    NotRefundable,
    PaymentDisputedAlready,
    RefundTooLarge,
)
from services.payments.ledger import Posting, PostingKind
from services.payments.store import disputes as disputes_store
from services.payments.store import operations
from services.payments.store import payments as payments_store
from services.payments.store import refunds as refunds_store
from services.payments.store.charges import booking_of_capture
from services.payments.stripe_api import Stripe
from services.payments.stripe_api import refunds as stripe_refunds
from shared.currencies import CURRENCIES
from shared.db import Database, Transaction
from shared.events import PaymentRefunded, RefundRefused, RefundReturned
from shared.outbox import emit
from shared.problems import FieldError, NotFound, ValidationFailed

# The failure of a refund that the cardholder's bank did not take.
RETURNED_BY_BANK = "returned_by_bank"


async def request_refund(
    db: Transaction, booking_id: UUID, by: UUID, amount: int | None, reason: str
) -> Refund:
    """Records a refund of `amount` (all that is left if None) and plans it. Raises NotFound,
    NotRefundable, RefundTooLarge, PaymentDisputedAlready, ChargedBack; ValidationFailed for an
    amount that cannot be paid to a card in this currency.
    """
    payment = await payments_store.get_for_update(db, booking_id)
    if payment is None or payment.consultant_id != by:
        raise NotFound
    step = CURRENCIES[payment.currency].step
    if amount is not None and amount % step:
        raise ValidationFailed([FieldError("amount", f"must be a multiple of {step}")])
    disputes = await disputes_store.of_booking(db, booking_id)
    if any(one.outcome == DisputeOutcome.OPEN for one in disputes):
        raise PaymentDisputedAlready
    if any(one.outcome == DisputeOutcome.LOST for one in disputes):
        raise ChargedBack
    left = remaining_of(payment, disputes) - await refunds_store.pending_amount(db, booking_id)
    if payment.status != PaymentStatus.CAPTURED or left <= 0:
        raise NotRefundable
    if amount is not None and amount > left:
        raise RefundTooLarge(f"At most {left} can be refunded.")
    row = await refunds_store.add(db, booking_id, amount or left, reason, requested_by=by)
    await _plan(db, payment, row)
    return row


async def refund_excess(db: Transaction, payment: Payment) -> None:
    """Refunds what was captured in Stripe's Dashboard beyond what booking has decided."""
    due = payment.due_amount or 0
    if payment.status != PaymentStatus.CAPTURED or payment.due is None:
        return
    if payment.captured_amount - payment.refunded_amount <= due:
        return  # as nearly always: nothing has to be looked up
    pending = await refunds_store.pending_amount(db, payment.booking_id)
    disputes = await disputes_store.of_booking(db, payment.booking_id)
    excess = remaining_of(payment, disputes) - due - pending
    if excess > 0:
        made = await refunds_store.add(
            db, payment.booking_id, excess, "captured beyond what was due"
        )
        await _plan(db, payment, made)


async def _plan(db: Transaction, payment: Payment, refund: Refund) -> None:
    params = {
        "booking_id": str(payment.booking_id),
        "charge": payment.charge_id,
        "amount": refund.amount,
        "refund": str(refund.id),
    }
    await operations.plan(db, StepKind.REFUND, payment.booking_id, params)


async def record_refund(
    db: Transaction, payment: Payment, refund: Refund, made: stripe_refunds.Refund
) -> None:
    """Records a refund that Stripe has made, once: payment, ledger and payout; publishes it."""
    if refund.state == RefundState.SUCCEEDED:
        return
    changed, before, after = await _add_to_refunded(db, payment, refund.amount)
    commission = commission_between(payment, before, after)
    await refunds_store.save(
        db,
        refund,
        state=RefundState.SUCCEEDED,
        refund_id=made.id,
        commission_amount=commission,
    )
    posting = Posting(PostingKind.REFUND, made.id, refund.amount, payment.currency)
    await ledger.post(db, payment.booking_id, posting, *_postings_of(payment, made))
    await emit(db, _refunded_event(changed, refund.amount, refund.reason, kept=after))
    await split_between_parties(db, changed, before=before, after=after, stripe_object=made.id)


async def _add_to_refunded(
    db: Transaction, payment: Payment, amount: int
) -> tuple[Payment, int, int]:
    """Adds `amount`, negative if the bank has returned it, to what is refunded, and updates the
    status. Returns the payment, and what remained of the capture before and remains now.
    """
    disputes = await disputes_store.of_booking(db, payment.booking_id)
    refunded = payment.refunded_amount + amount
    changed = await payments_store.update(db, payment, refunded_amount=refunded)
    changed = await update_status(db, changed, disputes)
    return changed, remaining_of(payment, disputes), remaining_of(changed, disputes)


def _refunded_event(payment: Payment, amount: int, reason: str, *, kept: int) -> PaymentRefunded:
    return PaymentRefunded(
        **payments_store.event_fields(payment),
        amount=amount,
        reason=reason,
        kept_amount=kept,
        payment_status=payment.status,
    )


async def record_refusal(
    db: Transaction, payment: Payment, refund: Refund, code: str | None
) -> None:
    """Records that Stripe refuses a refund, for the reason `code`. It is published if the
    consultant requested it and awaits it; an excess that could not be refunded is in the log.
    """
    await refunds_store.save(db, refund, state=RefundState.FAILED, failure=code)
    if refund.requested_by is None:
        return
    await emit(
        db,
        RefundRefused(**payments_store.event_fields(payment), amount=refund.amount, reason=code),
    )


def _postings_of(payment: Payment, made: stripe_refunds.Refund) -> list[Posting]:
    """What accompanies a refund in the ledger, once it has settled."""
    return ledger.returned(made.id, made.amount, payment.currency, made.settlement)


async def check_refunds(database: Database, stripe: Stripe, charge_id: str) -> None:
    """Compares the refunds of a charge with ours: records those made in the Dashboard, and those
    that the bank has returned.
    """
    booking_id = await booking_of_capture(database.reader, charge_id)
    if booking_id is None:
        return  # Stripe reports a canceled hold as a refund, too
    found = await stripe_refunds.refunds_of(stripe, charge_id)
    async with database.transaction() as db:
        for refund in reversed(found):
            payment = await payments_store.get_existing(db, booking_id)
            await _record_difference(db, payment, refund)


async def _record_difference(
    db: Transaction, payment: Payment, refund: stripe_refunds.Refund
) -> None:
    """Records of a refund at Stripe what is not recorded yet: the refund itself if it was made in
    the Dashboard, how it settled, that the bank returned it.
    """
    ours = await refunds_store.by_stripe_id(db, refund.id)
    failed = refund.status in ("failed", "canceled")
    # Without a transaction on our balance it is the rest of a hold that was captured in part, which
    # Stripe lists as a refund too, or it has not left yet: then another event follows.
    by_hand = "operation" not in refund.metadata and refund.settlement is not None
    if ours is None and not failed and by_hand:
        made = await refunds_store.add(db, payment.booking_id, refund.amount, "made at Stripe")
        await record_refund(db, payment, made, refund)
    elif ours is not None:
        # Stripe may know how it settled only after the refund was recorded.
        await ledger.post(db, payment.booking_id, *_postings_of(payment, refund))
        if failed and ours.state == RefundState.SUCCEEDED:
            await _record_return(db, payment, ours, refund)
        returned = ledger.received(refund.id, refund.amount, payment.currency, refund.returned)
        await ledger.post(db, payment.booking_id, *returned)


async def _record_return(
    db: Transaction, payment: Payment, refund: Refund, made: stripe_refunds.Refund
) -> None:
    """The bank returned the refund: the amount is ours and the consultant's again."""
    await refunds_store.save(db, refund, state=RefundState.FAILED, failure=RETURNED_BY_BANK)
    changed, before, after = await _add_to_refunded(db, payment, -refund.amount)
    await ledger.post(
        db,
        payment.booking_id,
        Posting(PostingKind.REFUND_FAILED, made.id, refund.amount, payment.currency),
    )
    await emit(
        db,
        _refunded_event(changed, -refund.amount, RETURNED_BY_BANK, kept=after),
        RefundReturned(**payments_store.event_fields(payment), amount=refund.amount),
    )
    await split_between_parties(db, changed, before=before, after=after, stripe_object=made.id)
