"""Transferring the consultant's share, and reversing the part that a refund or dispute costs."""

from __future__ import annotations

from services.payments.commands import accounts, payouts
from services.payments.domain.model import Payment
from services.payments.domain.operations import Operation
from services.payments.saga.common import retry_with_new_key
from services.payments.saga.kinds import Kind, payment_of
from services.payments.store import payouts as payouts_store
from services.payments.stripe_api import Refused, Stripe, transfers
from services.payments.stripe_api.transfers import CANNOT_RECEIVE, Reversal, Transfer
from shared.db import Transaction
from shared.telemetry import log


async def send(stripe: Stripe, operation: Operation) -> Transfer:
    """Sends the step to Stripe."""
    return await transfers.create_transfer(stripe, operation.params, key=operation.idempotency_key)


async def find(stripe: Stripe, operation: Operation) -> Transfer | None:
    """The transfer that this step made. By its key in the metadata, for a booking may be paid again
    after a won dispute.
    """
    for made in await transfers.transfers_of(stripe, operation.params["booking_id"]):
        if made.metadata.get("operation") == operation.idempotency_key:
            return made
    return None


async def sent(db: Transaction, operation: Operation, payment: Payment, transfer: Transfer) -> None:
    """The money is on its way to the consultant's account."""
    payout = await payouts.record_transfer(db, operation.subject_id, transfer)
    if payout.missing != 0:
        await payouts.proceed(db, payment, payout)  # refunded or disputed while it was sent


async def refused(db: Transaction, operation: Operation, payment: Payment, why: Refused) -> None:
    """If the account cannot receive, the transfer waits until it can. Anything else is logged as an
    error and retried.
    """
    if why.code not in CANNOT_RECEIVE:
        await retry_with_new_key(db, operation, payment, why)
        return
    log.warning("transfer waits for the account", booking_id=operation.subject_id, reason=why.code)
    await accounts.restrict(db, payment.consultant_id)
    payout = await payouts_store.get_existing(db, operation.subject_id)
    await payouts.proceed(db, payment, payout)


# ---- reversals


async def send_reversal(stripe: Stripe, operation: Operation) -> list[Reversal]:
    """Reverses `amount` of the booking's transfers, newest first; reversals of an earlier try
    count. It reverses less where part of a transfer was reversed in the Dashboard: what was
    reversed is recorded, and `proceed` handles the rest.
    """
    key, booking_id = operation.idempotency_key, operation.params["booking_id"]
    made = await transfers.transfers_of(stripe, booking_id)
    reversals = await _reversals_of_step(stripe, made, key)
    rest = operation.params["amount"] - sum(reversal.amount for reversal in reversals)
    for transfer in made:
        part = min(rest, transfer.amount - transfer.amount_reversed)
        if part > 0:
            part_key = f"{key}:{transfer.id}"
            reversals.append(
                await transfers.reverse_transfer(
                    stripe, transfer.id, part, key=part_key, booking_id=booking_id, operation=key
                )
            )
            rest -= part
    if not reversals:
        raise Refused("nothing_to_reverse", f"{rest} more than was transferred")
    return reversals


async def _reversals_of_step(stripe: Stripe, made: list[Transfer], key: str) -> list[Reversal]:
    return [
        reversal
        for transfer in made
        if transfer.amount_reversed
        for reversal in await transfers.reversals_of(stripe, transfer.id)
        if reversal.metadata.get("operation") == key
    ]


async def find_reversal(stripe: Stripe, operation: Operation) -> list[Reversal] | None:
    """The reversals that a step in doubt made; None if it made none."""
    made = await transfers.transfers_of(stripe, operation.params["booking_id"])
    return await _reversals_of_step(stripe, made, operation.idempotency_key) or None


async def reversed_(
    db: Transaction, operation: Operation, payment: Payment, reversals: list[Reversal]
) -> None:
    """The money is back on our balance."""
    payout = await payouts.record_reversals(db, operation.subject_id, reversals)
    if payout.missing != 0:
        await payouts.proceed(db, payment, payout)


TRANSFER = Kind(payment_of, send, find, sent, refused)
REVERSE = Kind(payment_of, send_reversal, find_reversal, reversed_, retry_with_new_key)
