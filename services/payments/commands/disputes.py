"""Disputes: while the cardholder's bank has the money, the consultant's share is withheld or
reversed; winning restores it.

The bank's decision and what Stripe moves on our balance happen at different times: the ledger
follows the money, payment and payout follow the decision.
"""

from __future__ import annotations

import msgspec

from services.payments import ledger
from services.payments.commands.division import split_between_parties, update_status
from services.payments.domain.model import Dispute, DisputeOutcome, Payment
from services.payments.domain.policy import disputed_of, loss_by, remaining_of
from services.payments.ledger import Posting, PostingKind
from services.payments.store import disputes as disputes_store
from services.payments.store import payments as payments_store
from services.payments.store.charges import booking_of_charge
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
    booking_id = await booking_of_charge(database.reader, found.charge_id)
    if booking_id is None:
        return  # a charge that is not of this platform's bookings
    async with database.transaction() as db:
        payment = await payments_store.get_existing(db, booking_id)
        known = await disputes_store.of_booking(db, booking_id)
        others = [one for one in known if one.dispute_id != found.id]
        dispute = next((one for one in known if one.dispute_id == found.id), None)
        if dispute is None:
            payment, dispute = await _open(db, payment, found, others)
        elif dispute.outcome != DisputeOutcome.WON:
            payment, dispute = await _update_amount(db, payment, dispute, found, others)
        await _post_movements(db, payment, found)
        outcome = OUTCOMES.get(found.status, DisputeOutcome.OPEN)
        if dispute.outcome == DisputeOutcome.OPEN and outcome != DisputeOutcome.OPEN:
            await _decide(db, payment, dispute, others, outcome)
        elif dispute.outcome != outcome:
            return  # it was read before the bank's decision, which is recorded by now
        fee = found.withdrawn.fee if found.withdrawn is not None else dispute.fee
        await disputes_store.save(db, dispute, status=found.status, fee=fee)


async def _open(
    db: Transaction, payment: Payment, found: stripe_disputes.Dispute, others: list[Dispute]
) -> tuple[Payment, Dispute]:
    """A dispute was opened: the consultant's share of the disputed amount is withheld or reversed.
    While it is not known how much of the charge that is, it is the whole share.
    """
    known = disputed_of(payment, found.amount, found.currency, found.withdrawn)
    dispute = Dispute(
        dispute_id=found.id,
        booking_id=payment.booking_id,
        amount=found.amount,
        currency=found.currency,
        charge_amount=payment.captured_amount if known is None else known,
        fee=0,
        commission_amount=0,
        share=0,
        reason=found.reason,
        status=found.status,
        outcome=DisputeOutcome.OPEN,
        opened_at=now(),
        closed_at=None,
    )
    dispute = _with_loss(payment, dispute, others)
    before, after = remaining_of(payment, others), remaining_of(payment, [*others, dispute])
    await disputes_store.add(db, dispute)
    changed = await update_status(db, payment, [*others, dispute])
    await _emit(db, changed, dispute.charge_amount, "opened", kept=after)
    await split_between_parties(db, changed, before=before, after=after, stripe_object=found.id)
    return changed, dispute


def _with_loss(payment: Payment, dispute: Dispute, others: list[Dispute]) -> Dispute:
    """The dispute with what each party loses by its amount."""
    loss = loss_by(payment, dispute, others)
    return msgspec.structs.replace(dispute, commission_amount=loss.commission, share=loss.share)


async def _update_amount(
    db: Transaction,
    payment: Payment,
    dispute: Dispute,
    found: stripe_disputes.Dispute,
    others: list[Dispute],
) -> tuple[Payment, Dispute]:
    """The funds of a dispute in another currency were withdrawn, so it is known now how much of the
    charge they are; the rest is paid to the consultant again.
    """
    known = disputed_of(payment, found.amount, found.currency, found.withdrawn)
    if found.currency == payment.currency or known is None or known == dispute.charge_amount:
        return payment, dispute
    assert found.withdrawal_id is not None
    updated = _with_loss(payment, msgspec.structs.replace(dispute, charge_amount=known), others)
    before = remaining_of(payment, [*others, dispute])
    after = remaining_of(payment, [*others, updated])
    await disputes_store.save(
        db,
        dispute,
        charge_amount=updated.charge_amount,
        commission_amount=updated.commission_amount,
        share=updated.share,
    )
    changed = await update_status(db, payment, [*others, updated])
    await split_between_parties(
        db, changed, before=before, after=after, stripe_object=found.withdrawal_id
    )
    return changed, updated


async def _post_movements(
    db: Transaction, payment: Payment, found: stripe_disputes.Dispute
) -> None:
    """Posts what Stripe has withdrawn from our balance for the dispute, including its fee, and what
    it has returned, each once. It is posted in the dispute's own currency, which is that of the
    cardholder's bank.
    """
    currency, postings = found.currency, list[Posting]()
    if found.withdrawn is not None:
        postings.append(Posting(PostingKind.DISPUTE, found.id, found.amount, currency))
        postings += ledger.returned(found.id, found.amount, currency, found.withdrawn)
    if found.reinstated is not None:
        postings.append(Posting(PostingKind.DISPUTE_WON, found.id, found.amount, currency))
        postings += ledger.received(found.id, found.amount, currency, found.reinstated)
    await ledger.post(db, payment.booking_id, *postings)


async def _decide(
    db: Transaction,
    payment: Payment,
    dispute: Dispute,
    others: list[Dispute],
    outcome: DisputeOutcome,
) -> None:
    """The bank has decided. If the dispute is won, the consultant is paid again."""
    decided = await disputes_store.save(db, dispute, outcome=outcome, closed_at=now())
    changed = await update_status(db, payment, [*others, decided])
    before = remaining_of(payment, [*others, dispute])
    after = remaining_of(changed, [*others, decided])
    if outcome == DisputeOutcome.WON:
        await split_between_parties(
            db, changed, before=before, after=after, stripe_object=dispute.dispute_id
        )
    await _emit(db, changed, dispute.charge_amount, outcome, kept=after)


async def _emit(db: Transaction, payment: Payment, amount: int, reason: str, *, kept: int) -> None:
    await emit(
        db,
        PaymentDisputed(
            **payments_store.event_fields(payment),
            amount=amount,
            reason=reason,
            kept_amount=kept,
            payment_status=payment.status,
        ),
    )
