"""E-mail addresses that Stripe is given later, because they were not known before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from services.payments.store.users import UnsentEmail
from services.payments.stripe_api import Refused, Stripe
from shared.db import Database
from shared.telemetry import log

EMAILS_AT_ONCE = 20


async def set_emails(
    database: Database,
    stripe: Stripe,
    unsent: Sequence[UnsentEmail],
    set_email: Callable[[Stripe, str, str], Awaitable[None]],
    save_email: Callable[..., Awaitable[None]],
) -> bool:
    """Gives Stripe the `unsent` addresses with `set_email`, and records with `save_email` which it
    has accepted; returns whether there are likely more. Each has a transaction of its own, after
    the call.
    """
    for one in unsent:
        is_accepted = True
        try:
            await set_email(stripe, one.stripe_id, one.email)
        except Refused as refused:  # an address that Stripe does not take, or closed or deleted
            log.warning("Stripe refuses an address", stripe_id=one.stripe_id, reason=refused.code)
            is_accepted = False
        async with database.transaction() as db:
            await save_email(db, one.user_id, one.email, is_accepted=is_accepted)
    return len(unsent) == EMAILS_AT_ONCE
