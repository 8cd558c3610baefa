"""What a consultant is owed for a booking, and the step that follows from it: a transfer of what is
missing, or a reversal of what was sent in excess.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.payments import ledger
from services.payments.domain.model import Payment, Payout, PayoutStatus
from services.payments.domain.operations import StepKind
from services.payments.ledger import Posting, PostingKind
from services.payments.signals import steps_due
from services.payments.store import accounts, operations
from services.payments.store import payouts as payouts_store
from services.payments.stripe_api.transfers import Reversal, Transfer
from shared.clock import now
from shared.db import Transaction
from shared.events import PayoutSent
from shared.outbox import emit


async def create_payout(db: Transaction, payment: Payment, delay: timedelta) -> None:
    """Writes the consultant's share of a capture that has settled, due `delay` after the capture,
    and plans its transfer.
    """
    captured_at = payment.captured_at or now()
    payout = await payouts_store.add(db, payment, available_on=captured_at + delay)
    if payout is not None:
        await proceed(db, payment, payout, fresh=True)


async def proceed(
    db: Transaction, payment: Payment, payout: Payout, *, fresh: bool = False
) -> None:
    """Plans what brings the consultant's account to what they are owed now. If a step is under way,
    its outcome calls this again. `fresh`: the payout has just been created, and has no step yet.
    """
    if not fresh:
        await operations.drop_unsent(db, payout.booking_id, StepKind.TRANSFER, StepKind.REVERSE)
    owed = payout.missing
    if owed > 0:
        await _transfer(db, payment, payout, owed)
    elif owed < 0:
        params = {"booking_id": str(payout.booking_id), "amount": -owed}
        await operations.plan(db, StepKind.REVERSE, payout.booking_id, params)
    else:
        await _close(db, payout)


async def _transfer(db: Transaction, payment: Payment, payout: Payout, amount: int) -> None:
    if payout.status != PayoutStatus.PENDING:
        await payouts_store.save(db, payout.booking_id, status=PayoutStatus.PENDING)
    account = await accounts.active_id(db, payout.consultant_id)
    params = {
        "booking_id": str(payout.booking_id),
        "consultant_id": str(payout.consultant_id),
        "amount": amount,
        "currency": payout.currency,
        "charge": payment.charge_id,
        "destination": account,
    }
    later = payout.available_on if payout.available_on > now() else None
    await operations.plan(
        db, StepKind.TRANSFER, payout.booking_id, params, due_at=later, waiting=account is None
    )


async def _close(db: Transaction, payout: Payout) -> None:
    """Nothing is to be sent: all of it was refunded or disputed before, or is commission; the
    latter counts as paid. No money has moved, so nothing is published.
    """
    is_returned = payout.amount > 0 and payout.sent_amount == 0
    status = PayoutStatus.REVERSED if is_returned else PayoutStatus.PAID
    if payout.status != status:
        await payouts_store.save(db, payout.booking_id, status=status)


async def record_transfer(db: Transaction, booking_id: UUID, transfer: Transfer) -> Payout:
    """Records and publishes a transfer that Stripe has made, unless the ledger has it: a repair may
    have found it at Stripe before its step got the answer. Returns the payout as it is then.
    """
    payout = await payouts_store.get_existing(db, booking_id)
    posting = Posting(PostingKind.TRANSFER, transfer.id, transfer.amount, payout.currency)
    if not await ledger.post(db, booking_id, posting):
        return payout
    changed = await payouts_store.save(
        db,
        booking_id,
        status=PayoutStatus.PAID,
        sent_amount=payout.sent_amount + transfer.amount,
        transfer_id=transfer.id,
        paid_at=now(),
    )
    await emit_payout_sent(db, payout, PayoutStatus.PAID, transfer.amount)
    return changed


async def record_reversals(db: Transaction, booking_id: UUID, made: Sequence[Reversal]) -> Payout:
    """Records and publishes those of `made`, reversals of the booking's transfers, that the ledger
    does not have yet. Those made in the Dashboard are recalled: they are not sent again. Returns
    the payout as it is then.
    """
    payout = await payouts_store.get_existing(db, booking_id)
    postings = [Posting(PostingKind.REVERSAL, one.id, one.amount, payout.currency) for one in made]
    added = await ledger.post(db, booking_id, *postings)
    new = [one for one in made if one.id in added]
    if not new:
        return payout
    amount = sum(one.amount for one in new)
    left = payout.sent_amount - amount
    changed = await payouts_store.save(
        db,
        booking_id,
        sent_amount=left,
        recalled_amount=payout.recalled_amount + sum(one.amount for one in new if not one.ours),
        status=PayoutStatus.REVERSED if left == 0 else PayoutStatus.PAID,
    )
    await emit_payout_sent(db, payout, PayoutStatus.REVERSED, amount)
    return changed


async def emit_payout_sent(
    db: Transaction,
    payout: Payout,
    state: PayoutStatus,
    amount: int,
) -> None:
    """Publishes that money was sent to the consultant or reversed."""
    await emit(
        db,
        PayoutSent(
            user_id=payout.consultant_id,
            booking_id=payout.booking_id,
            state=state,
            amount=amount,
            currency=payout.currency,
        ),
    )


async def wake_transfers(db: Transaction, consultant_id: UUID, account_id: str) -> None:
    """The account can receive: makes waiting transfers due (not before the payout is
    available).
    """
    if await operations.make_transfers_due(db, consultant_id, account_id):
        db.after_commit(steps_due.wake)
