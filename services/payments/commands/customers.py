"""One Stripe customer per seeker, whose card is saved on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.payments.commands.emails import EMAILS_AT_ONCE, set_emails
from services.payments.store import customers, users
from services.payments.stripe_api import KEY_TRUSTED_FOR, Stripe, Uncertain
from services.payments.stripe_api import cards as stripe_cards
from shared.auth import User
from shared.clock import now
from shared.db import Database


async def customer_for(database: Database, stripe: Stripe, user: User) -> str:
    """The seeker's Stripe customer, created on first use. Concurrent requests send the same key and
    parameters, and so get the same customer.
    """
    known = await customers.id_of(database.reader, user.id)
    if known is not None:
        return known
    params, created_at = await params_for(database, user)
    customer_id = None
    if now() - created_at > KEY_TRUSTED_FOR:
        customer_id = await stripe_cards.customer_of(stripe, str(user.id))
    if customer_id is None:
        customer_id = await _create_customer(stripe, params, user.id)
    async with database.transaction() as db:
        await customers.save_id(db, user.id, customer_id)
    return customer_id


async def _create_customer(stripe: Stripe, params: dict[str, Any], user_id: UUID) -> str:
    key = f"customer:{user_id}"
    try:
        return await stripe_cards.create_customer(stripe, params, key=key)
    except Uncertain as why:
        if not why.replayed:
            raise
    # Stripe failed with this key and repeats that answer for a day. Either the customer was created
    # all the same, or another key is needed.
    found = await stripe_cards.customer_of(stripe, str(user_id))
    return found or await stripe_cards.create_customer(stripe, params, key=f"{key}:anew")


async def params_for(database: Database, user: User) -> tuple[dict[str, Any], datetime]:
    """The parameters of the seeker's customer as they were first stored, and when that was."""
    async with database.transaction() as db:
        params = {
            "name": f"{user.first_name} {user.last_name}".strip(),
            "email": await users.email_of(db, user.id),
            "metadata": {"user_id": str(user.id)},
        }
        given = {name: value for name, value in params.items() if value}
        return await customers.add(db, user.id, given)


async def fill_in_emails(database: Database, stripe: Stripe) -> bool:
    """Job: sets the e-mail address of customers that were created before it was known, or whose
    user has changed it; returns whether there are likely more.
    """
    unsent = await customers.without_email(database.reader, EMAILS_AT_ONCE)
    return await set_emails(database, stripe, unsent, stripe_cards.set_email, customers.save_email)
