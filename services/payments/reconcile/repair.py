"""Bringing one booking back in line with Stripe: what Stripe says happened is written, what should
happen next is planned.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.payments import ledger
from services.payments.commands import payouts
from services.payments.commands.payments import Payment, change, load
from services.payments.jobs.sweep import unstick
from services.payments.stripe_api import Stripe, intents, transfers
from services.payments.stripe_api.intents import Intent
from services.payments.stripe_api.transfers import Reversal, Transfer
from services.payments.webhook.handlers import Context, compare
from shared.money import share

Sent = tuple[Transfer, list[Reversal]]


async def repair(context: Context, booking_id: UUID) -> bool:
    """Repairs one booking; the running service does the steps that it plans. False when there is no
    such payment.
    """
    row = await context.database.reader.row(
        "select p.payment_intent_id, p.charge_id, c.customer_id from payments.payments as p"
        " left join payments.customers as c on c.user_id = p.seeker_id where p.booking_id = $1",
        booking_id,
    )
    if row is None:
        return False
    made = await _intents(context.stripe, row["customer_id"], row["payment_intent_id"], booking_id)
    sent = [
        (one, await transfers.reversals_of(context.stripe, one.id) if one.amount_reversed else [])
        for one in await transfers.transfers_of(context.stripe, str(booking_id))
    ]
    async with context.database.transaction() as db:
        for one in made:
            payment = await load(db, booking_id)
            assert payment is not None
            await compare(context, db, payment, one)
        payment = await load(db, booking_id)
        assert payment is not None
        current = next((one for one in made if one.id == payment.payment_intent_id), None)
        if current is not None and current.status == "succeeded":
            payment = await _captured(db, payment, current)
            await _sent(db, payment, sent)
        await unstick(db, booking_id)
    return True


async def _intents(
    stripe: Stripe, customer_id: str | None, intent_id: str | None, booking_id: UUID
) -> list[Intent]:
    made = await intents.intents_of(stripe, customer_id, str(booking_id)) if customer_id else []
    if intent_id is not None and all(one.id != intent_id for one in made):
        made.append(await intents.intent(stripe, intent_id))
    return made


async def _captured(db: AsyncConnection, payment: Payment, intent: Intent) -> Payment:
    """Payment, ledger and payout as the captured amount at Stripe wants them."""
    commission = share(intent.captured, payment.commission_bps)
    status = (
        payment.status if payment.status in ("captured", "refunded", "disputed") else "captured"
    )
    changed = await change(
        db,
        payment.booking_id,
        status=status,
        captured_amount=intent.captured,
        commission_amount=commission,
        charge_id=intent.charge_id,
    )
    await ledger.post(
        db,
        payment.booking_id,
        payment.currency,
        ("capture", intent.id, intent.captured),
        ("commission", intent.id, commission),
        ("stripe_fee", intent.id, intent.fee or 0),
    )
    payout = await payouts.locked(db, payment.booking_id)
    if payout is not None:
        await payouts.write(
            db,
            payment.booking_id,
            gross_amount=intent.captured,
            commission_amount=commission,
            amount=intent.captured - commission,
        )
    else:
        await payouts.owe(db, changed, payouts.AT_ONCE)
    return changed


async def _sent(db: AsyncConnection, payment: Payment, sent: list[Sent]) -> None:
    """The payout as Stripe's transfers say, and what is still missing planned."""
    payout = await payouts.locked(db, payment.booking_id)
    assert payout is not None
    taken = [one for _, reversals in sent for one in reversals]
    net = sum(one.amount for one, _ in sent) - sum(one.amount for one in taken)
    recalled = sum(one.amount for one in taken if not one.ours)
    latest = sent[0][0].id if sent else None
    await ledger.post(
        db,
        payment.booking_id,
        payment.currency,
        *(("transfer", one.id, one.amount) for one, _ in sent),
        *(("reversal", one.id, one.amount) for one in taken),
    )
    changed = await payouts.write(
        db,
        payment.booking_id,
        sent_amount=min(net, payout.amount),
        recalled_amount=recalled,
        transfer_id=latest,
        status="paid" if net else payout.status,
    )
    if net and payout.status == "pending":
        await payouts.tell(db, payout, "paid", net, latest)
    if recalled > payout.recalled_amount:
        await payouts.tell(db, payout, "reversed", recalled - payout.recalled_amount, latest)
    await payouts.settle(db, payment, changed)
