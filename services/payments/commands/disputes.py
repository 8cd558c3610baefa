"""Disputes: while the cardholder's bank has the money, the consultant's share is withheld or
reversed; winning restores it.

The bank's decision and what Stripe moves on our balance happen at different times: the ledger
follows the money, payment and payout follow the decision.
"""

from __future__ import annotations

from services.payments import ledger
from services.payments.commands.division import split_between_parties
from services.payments.domain.lifecycle import Verb
from services.payments.domain.model import Dispute, DisputeOutcome, Payment
from services.payments.domain.policy import commission_between, disputed_of
from services.payments.ledger import Posting
from services.payments.store import disputes as disputes_store
from services.payments.store import payments as payments_store
from services.payments.store.payouts import remaining
from services.payments.stripe_api import Stripe
from services.payments.stripe_api import disputes as stripe_disputes
from shared.clock import now
from shared.db import Database, Transaction
from shared.events import PaymentDisputed
from shared.outbox import emit

OUTCOMES = {
    "won": DisputeOutcome.WON,
    "lost": DisputeOutcome.LOST,
    "prevented": DisputeOutcome.WON,
}


async def check_dispute(database: Database, stripe: Stripe, dispute_id: str) -> None:
    """Reads a dispute at Stripe and applies its state, each change once. An inquiry (`warning_…`)
    takes no money yet.
    """
    found = await stripe_disputes.dispute(stripe, dispute_id)
    if found.status.startswith("warning"):
        return
    booking_id = await payments_store.booking_of_charge(database.reader, found.charge_id)
    if booking_id is None:
        return  # a charge that is not of this platform's bookings
    async with database.transaction() as db:
        payment = await payments_store.get_existing(db, booking_id)
        dispute = await disputes_store.get(db, found.id)
        if dispute is None:
            payment, dispute = await _open(db, payment, found)
        elif dispute.outcome != DisputeOutcome.WON:
            dispute = await _reckon(db, payment, dispute, found)
        await _post_movements(db, payment, found)
        outcome = OUTCOMES.get(found.status, DisputeOutcome.OPEN)
        if dispute.outcome == DisputeOutcome.OPEN and outcome != DisputeOutcome.OPEN:
            await _decide(db, payment, dispute, outcome)
        elif dispute.outcome != outcome:
            return  # it was read before the bank's decision, which is recorded by now
        fee = found.withdrawn.fee if found.withdrawn is not None else dispute.fee
        await disputes_store.save(db, dispute, status=found.status, fee=fee)


async def _open(
    db: Transaction, payment: Payment, found: stripe_disputes.Dispute
) -> tuple[Payment, Dispute]:
    """A dispute was opened: the consultant's share of the disputed amount is withheld or reversed.
    While it is not known how much of the charge that is, it is the whole share.
    """
    known = disputed_of(payment, found.amount, found.currency, found.withdrawn)
    part = payment.captured_amount if known is None else known
    before = await remaining(db, payment)
    after = max(before - part, 0)
    commission = commission_between(payment, before, after)
    dispute = Dispute(
        dispute_id=found.id,
        booking_id=payment.booking_id,
        amount=found.amount,
        currency=found.currency,
        charge_amount=part,
        fee=0,
        commission_amount=commission,
        share=before - after - commission,
        reason=found.reason,
        status=found.status,
        outcome=DisputeOutcome.OPEN,
        opened_at=now(),
        closed_at=None,
    )
    await disputes_store.add(db, dispute)
    changed = await payments_store.apply(db, payment, Verb.DISPUTE) or payment
    await _emit(db, changed, part, "opened")
    await split_between_parties(db, changed, before=before, after=after, stripe_object=found.id)
    return changed, dispute


async def _reckon(
    db: Transaction, payment: Payment, dispute: Dispute, found: stripe_disputes.Dispute
) -> Dispute:
    """The funds of a dispute in another currency were withdrawn, so its share of the charge is
    known now; the rest is paid to the consultant again.
    """
    part = disputed_of(payment, found.amount, found.currency, found.withdrawn)
    if found.currency == payment.currency or part is None or part == dispute.charge_amount:
        return dispute
    assert found.withdrawal_id is not None
    before = await remaining(db, payment)
    changed = await disputes_store.save(db, dispute, charge_amount=part)
    after = await remaining(db, payment)
    lost = min(part, payment.captured_amount - payment.refunded_amount - after)
    commission = commission_between(payment, after + lost, after)
    changed = await disputes_store.save(
        db, changed, commission_amount=commission, share=lost - commission
    )
    await split_between_parties(
        db, payment, before=before, after=after, stripe_object=found.withdrawal_id
    )
    return changed


async def _post_movements(
    db: Transaction, payment: Payment, found: stripe_disputes.Dispute
) -> None:
    """Posts what Stripe has withdrawn from our balance for the dispute, including its fee, and what
    it has returned, each once. It is posted in the dispute's own currency, which is that of the
    cardholder's bank.
    """
    currency, postings = found.currency, list[Posting]()
    if found.withdrawn is not None:
        postings.append(Posting("dispute", found.id, found.amount, currency))
        postings += ledger.returned(found.id, found.amount, currency, found.withdrawn)
    if found.reinstated is not None:
        postings.append(Posting("dispute_won", found.id, found.amount, currency))
        postings += ledger.received(found.id, found.amount, currency, found.reinstated)
    await ledger.post(db, payment.booking_id, *postings)


async def _decide(
    db: Transaction, payment: Payment, dispute: Dispute, outcome: DisputeOutcome
) -> None:
    """The bank has decided. If the dispute is won, the consultant is paid again."""
    before = await remaining(db, payment)
    await disputes_store.save(db, dispute, outcome=outcome, closed_at=now())
    if outcome == DisputeOutcome.WON:
        payment = await _restore(db, payment, dispute, before)
    await _emit(db, payment, dispute.charge_amount, outcome)


async def _restore(db: Transaction, payment: Payment, dispute: Dispute, before: int) -> Payment:
    changed = await payments_store.apply(db, payment, Verb.WIN) or payment
    if changed.refunded_amount == changed.captured_amount:
        changed = await payments_store.apply(db, changed, Verb.REFUND) or changed
    after = await remaining(db, changed)
    await split_between_parties(
        db, changed, before=before, after=after, stripe_object=dispute.dispute_id
    )
    return changed


async def _emit(db: Transaction, payment: Payment, amount: int, reason: str) -> None:
    await emit(
        db,
        PaymentDisputed(
            booking_id=payment.booking_id,
            payment_intent_id=payment.payment_intent_id,
            amount=amount,
            currency=payment.currency,
            reason=reason,
            kept_amount=await remaining(db, payment),
            payment_status=payment.status,
        ),
    )
