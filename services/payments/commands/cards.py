"""Saving a card: one Stripe customer per seeker, one card on file. Stripe is called between
transactions, never within one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from services.payments.commands import customers as customer_commands
from services.payments.commands.payments import charge_debts
from services.payments.domain.model import SetupState
from services.payments.domain.operations import StepKind
from services.payments.domain.policy import is_superseded
from services.payments.errors import NoPaymentMethod
from services.payments.store import cards, customers, operations, setups
from services.payments.stripe_api import Refused, Stripe, StripeProblem
from services.payments.stripe_api import cards as stripe_cards
from services.payments.stripe_api.cards import Card, Setup
from shared.auth import User
from shared.clock import now
from shared.db import Database, Transaction
from shared.events import PaymentMethodChanged
from shared.ids import id_from, new_id
from shared.outbox import emit
from shared.telemetry import log

# A setup whose event is missing is checked after 20 s, 40 s, 80 s … and given up after a day.
FIRST_CHECK, GIVE_UP = timedelta(seconds=20), timedelta(days=1)
SETUPS_AT_ONCE = 20


async def start_setup(database: Database, stripe: Stripe, user: User) -> Setup:
    """A new SetupIntent of the seeker's customer."""
    customer_id = await customer_commands.customer_for(database, stripe, user)
    try:
        made = await _create_setup(stripe, customer_id, user.id)
    except Refused as refused:
        if refused.code != "resource_missing":
            raise
        customer_id = await _replace_customer(database, stripe, user, customer_id)
        made = await _create_setup(stripe, customer_id, user.id)
    async with database.transaction() as db:
        await setups.add(db, made.id, user.id, FIRST_CHECK)
    return made


async def _create_setup(stripe: Stripe, customer_id: str, user_id: UUID) -> Setup:
    key = f"setup:{new_id()}"
    return await stripe_cards.create_setup(stripe, customer_id, str(user_id), key=key)


async def _replace_customer(database: Database, stripe: Stripe, user: User, deleted_id: str) -> str:
    """A new customer in place of one that was deleted at Stripe together with its card."""
    params, _ = await customer_commands.params_for(database, user)
    key = f"customer:{user.id}:after:{deleted_id}"
    customer_id = await stripe_cards.create_customer(stripe, params, key=key)
    async with database.transaction() as db:
        if await customers.save_id(db, user.id, customer_id, replaces=deleted_id):
            await _remove_saved_card(db, user.id, now())
    return customer_id


async def check_setup(
    database: Database, stripe: Stripe, setup_intent_id: str, succeeded_at: datetime | None = None
) -> bool:
    """Reads a SetupIntent and saves its card if it has succeeded; returns whether it is final.
    `succeeded_at` is the time that its event gives, after the bank's challenge; without an event it
    is taken to be the time at which the card was entered.
    """
    setup = await stripe_cards.setup(stripe, setup_intent_id)
    async with database.transaction() as db:
        known = await setups.get_for_update(db, setup_intent_id)
        user_id = known.user_id if known is not None else id_from(setup.user_id)
        if known is not None and known.state == SetupState.DONE:
            return True
        if setup.status == "succeeded" and setup.card is not None and user_id is not None:
            chosen_at = succeeded_at or setup.card.created_at
            if known is not None:
                # Of cards confirmed within one second, that of the form opened last is the newest.
                chosen_at = max(chosen_at, known.created_at)
            await save_card(db, user_id, setup.card, chosen_at)
        final = setup.status in ("succeeded", "canceled")
        if known is not None:
            await setups.save_check(
                db,
                setup_intent_id,
                is_done=final or now() - known.created_at > GIVE_UP,
                checks=known.checks + 1,
                next_check=now() + FIRST_CHECK * 2 ** min(known.checks, 12),
            )
    return final


async def check_open_setups(database: Database, stripe: Stripe) -> bool:
    """Job: checks SetupIntents whose outcome is not known; returns whether there are likely
    more.
    """
    due = await setups.due(database.reader, now(), SETUPS_AT_ONCE)
    for setup_intent_id in due:
        try:
            await check_setup(database, stripe, setup_intent_id)
        except StripeProblem as problem:
            log.warning("setup cannot be checked", reason=str(problem))
            await _look_later(database, setup_intent_id)
    return len(due) == SETUPS_AT_ONCE


async def _look_later(database: Database, setup_intent_id: str) -> None:
    at = now()
    async with database.transaction() as db:
        await setups.postpone_check(
            db, setup_intent_id, at + timedelta(minutes=5), give_up_before=at - GIVE_UP
        )


async def save_card(db: Transaction, user_id: UUID, card: Card, chosen_at: datetime) -> None:
    """Saves `card`, which the seeker confirmed at `chosen_at`, in place of the previous one, which
    is detached at Stripe. If they have confirmed another or removed theirs since (the event was
    late), `card` is detached instead.
    """
    await customers.lock(db, user_id)
    saved = await cards.get(db, user_id)
    if saved is not None and saved.payment_method_id == card.id:
        return
    if saved is not None and is_superseded(saved, chosen_at):
        await detach(db, user_id, card.id)
        return
    await cards.put(db, user_id, card, chosen_at)
    if saved is not None and saved.removed_at is None:
        await detach(db, user_id, saved.payment_method_id)
    await emit(db, PaymentMethodChanged(user_id=user_id, state="saved"))
    await charge_debts(db, user_id, card.id)


async def remove_card(db: Transaction, user_id: UUID) -> None:
    """Removes the saved card and plans its detachment at Stripe. Raises NoPaymentMethod."""
    payment_method_id = await _remove_saved_card(db, user_id, now())
    if payment_method_id is None:
        raise NoPaymentMethod
    await detach(db, user_id, payment_method_id)


async def _remove_saved_card(
    db: Transaction, user_id: UUID, at: datetime, payment_method_id: str | None = None
) -> str | None:
    """Removes the seeker's card here (if an id is given, only that one) and publishes it; returns
    its id. At Stripe it stays attached.
    """
    removed_id = await cards.remove(db, user_id, at, payment_method_id)
    if removed_id is not None:
        await emit(db, PaymentMethodChanged(user_id=user_id, state="removed"))
    return removed_id


async def detach(db: Transaction, user_id: UUID, payment_method_id: str) -> None:
    """Plans the card's detachment at Stripe."""
    await operations.plan(db, StepKind.DETACH, user_id, {"payment_method": payment_method_id})


async def check_card(
    database: Database, stripe: Stripe, payment_method_id: str, at: datetime
) -> None:
    """Updates a saved card from Stripe: its expiry date, or that it was detached there `at` the
    time of the event that says so.
    """
    user_id = await cards.owner_of(database.reader, payment_method_id)
    if user_id is None:
        return
    card = await stripe_cards.card(stripe, payment_method_id)
    async with database.transaction() as db:
        if card is None or card.customer_id is None:
            await _remove_saved_card(db, user_id, at, payment_method_id)
            return
        await cards.update_shown(db, user_id, card)
