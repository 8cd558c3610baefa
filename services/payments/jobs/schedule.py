"""The jobs that only compare and repair, on schedule."""

from __future__ import annotations

from services.payments.commands import account_checks, cards, customers
from services.payments.jobs.sweep import sweep
from services.payments.settings import PaymentsSettings
from services.payments.stripe_api import Stripe
from shared.db import Database
from shared.jobs import Job


def scheduled_jobs(settings: PaymentsSettings, database: Database, stripe: Stripe) -> list[Job]:
    """They run in every replica: if two run at once, the second finds little to do."""
    every = settings.sweep_every_seconds
    seldom = max(every, 60)
    return [
        Job("open-setups", lambda: cards.check_open_setups(database, stripe), every=every),
        Job("customer-emails", lambda: customers.fill_in_emails(database, stripe), every=every),
        Job("money-sweep", lambda: sweep(database), every=seldom),
        Job(
            "waiting-accounts",
            lambda: account_checks.refresh_waiting(database, stripe),
            every=every,
        ),
        Job(
            "unseen-accounts",
            lambda: account_checks.refresh_unseen(database, stripe),
            every=seldom,
        ),
        Job("account-emails", lambda: account_checks.fill_in_emails(database, stripe), every=every),
    ]
