"""Jobs that check payout accounts: they find changes of which no event was received, and fill in
e-mail addresses that were not known at first.
"""

from __future__ import annotations

from datetime import timedelta

from services.payments.commands.accounts import refresh
from services.payments.commands.emails import EMAILS_AT_ONCE, set_emails
from services.payments.store import accounts
from services.payments.store.accounts import OpenedAccount
from services.payments.stripe_api import Stripe, StripeProblem, Uncertain
from services.payments.stripe_api import accounts as stripe_accounts
from shared.clock import now
from shared.db import Database
from shared.telemetry import log

# The platform cannot list events of connected accounts. To make up for one that was never
# delivered, every account is checked once in this time, or sooner if Stripe could not be reached.
CHECK_EVERY, RETRY_AFTER = timedelta(days=1), timedelta(hours=1)


async def refresh_waiting(database: Database, stripe: Stripe) -> bool:
    """Job: checks the accounts that transfers wait for, in case the event that they can receive was
    lost. Returns False: no more are due.
    """
    at = now()
    awaited = await accounts.awaited(database.reader, at, at - timedelta(seconds=30))
    await _refresh_all(database, stripe, awaited)
    return False


async def refresh_unseen(database: Database, stripe: Stripe) -> bool:
    """Job: checks the accounts that were not checked for a day, active ones too. Returns False: the
    next ones can wait for the next round.
    """
    unchecked = await accounts.unchecked_since(database.reader, now() - CHECK_EVERY)
    await _refresh_all(database, stripe, unchecked)
    return False


async def _refresh_all(database: Database, stripe: Stripe, opened: list[OpenedAccount]) -> None:
    for one in opened:
        try:
            await refresh(database, stripe, one.user_id, one.account_id)
        except StripeProblem as problem:
            # Closed or deleted at Stripe, or Stripe is unavailable: the others are checked anyway.
            log.warning(
                "payout account cannot be read", account=one.account_id, reason=str(problem)
            )
            checked_at = now()
            if isinstance(problem, Uncertain):  # so that it is checked again after RETRY_AFTER
                checked_at -= CHECK_EVERY - RETRY_AFTER
            async with database.transaction() as db:
                await accounts.save_checked(db, one.user_id, checked_at)


async def fill_in_emails(database: Database, stripe: Stripe) -> bool:
    """Job: sets the e-mail address of accounts that were created before it was known; returns
    whether there are likely more.
    """
    unsent = await accounts.without_email(database.reader, EMAILS_AT_ONCE)
    return await set_emails(
        database, stripe, unsent, stripe_accounts.set_email, accounts.save_email
    )
