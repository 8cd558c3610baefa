"""Handlers by event type. Each reads the object at Stripe as it is now, because events arrive
repeatedly, late and in any order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from services.payments.commands import accounts, cards
from services.payments.commands.reversals import check_transfer
from services.payments.queries import webhook as queries
from services.payments.store.accounts import owner_of
from services.payments.stripe_api.events import StripeEvent
from services.payments.webhook.charges import on_charge, on_charge_updated, on_dispute
from services.payments.webhook.context import StripeContext
from services.payments.webhook.errors import NotOurs, NotYet
from services.payments.webhook.intents import booking_of, on_intent
from shared.clock import now

Handler = Callable[[StripeContext, StripeEvent], Awaitable[None]]


async def on_setup(context: StripeContext, event: StripeEvent) -> None:
    """A card was saved (setup_intent.succeeded)."""
    if event.subject.id:
        succeeded_at = event.created_at if event.type == "setup_intent.succeeded" else None
        await cards.check_setup(context.database, context.stripe, event.subject.id, succeeded_at)


async def on_card(context: StripeContext, event: StripeEvent) -> None:
    """A card was detached, or was updated by its bank."""
    if event.subject.id:
        at = event.created_at or now()
        await cards.check_card(context.database, context.stripe, event.subject.id, at)


async def on_account(context: StripeContext, event: StripeEvent) -> None:
    """A payout account may have gained or lost the ability to receive transfers."""
    account_id = event.account or event.subject.id
    if account_id is None:
        return
    user_id = await owner_of(context.database.reader, account_id)
    if user_id is not None:
        await accounts.refresh(context.database, context.stripe, user_id, account_id)


async def on_transfer(context: StripeContext, event: StripeEvent) -> None:
    """A transfer was reversed, by a step of this service or in the Dashboard."""
    transfer_id, booking_id = event.subject.id, booking_of(event)
    if transfer_id is None or booking_id is None:
        return  # not of this platform
    transfer = await queries.transfer_state(context.database.reader, transfer_id, booking_id)
    if not transfer.booked:
        raise NotOurs("no payment of this booking yet")
    if not transfer.known or transfer.busy:
        raise NotYet("a step of this booking is under way")
    await check_transfer(context.database, context.stripe, booking_id, transfer_id)


HANDLERS: dict[str, Handler] = {
    "setup_intent.succeeded": on_setup,
    "setup_intent.canceled": on_setup,
    "payment_method.detached": on_card,
    "payment_method.updated": on_card,
    "payment_method.automatically_updated": on_card,
    "payment_intent.amount_capturable_updated": on_intent,
    "payment_intent.succeeded": on_intent,
    "payment_intent.payment_failed": on_intent,
    "payment_intent.canceled": on_intent,
    "charge.refunded": on_charge,
    "charge.updated": on_charge_updated,
    "refund.created": on_charge,
    "refund.updated": on_charge,
    "refund.failed": on_charge,
    "transfer.reversed": on_transfer,
    "charge.dispute.created": on_dispute,
    "charge.dispute.updated": on_dispute,
    "charge.dispute.closed": on_dispute,
    "charge.dispute.funds_withdrawn": on_dispute,
    "charge.dispute.funds_reinstated": on_dispute,
    "account.updated": on_account,
    "account.application.deauthorized": on_account,
    "capability.updated": on_account,
    "v2.core.account.updated": on_account,
    "v2.core.account[requirements].updated": on_account,
    "v2.core.account[configuration.recipient].updated": on_account,
    "v2.core.account[configuration.recipient].capability_status_updated": on_account,
    "v2.core.account.closed": on_account,
}


def reason_to_ignore(event: StripeEvent, *, livemode: bool) -> str | None:
    """Why an event is not handled; None if it is. `livemode` is our keys': a live Connect endpoint
    receives test events too. Of the events of a connected account only those about the account
    itself are handled: its own payments, cards and disputes are ignored.
    """
    handler = HANDLERS.get(event.type)
    if handler is None:
        return "its type is not handled"
    if event.livemode != livemode:
        return "of the other mode, live or test"
    if event.account is not None and handler is not on_account:
        return "of a connected account"
    return None


async def is_ours(context: StripeContext, event: StripeEvent) -> bool:
    """Whether an event is about an object that is known to this service."""
    about = event.subject.id
    if event.type.startswith("v2.") or event.type == "account.updated":
        about = event.account or about
    return await queries.is_ours(context.database.reader, booking_of(event), about)
