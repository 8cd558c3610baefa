"""Scheduled jobs, some of which can also be woken."""

from __future__ import annotations

from services.payments.commands import account_checks, cards, customers
from services.payments.jobs.gauges import gauge_collectors
from services.payments.jobs.stripe_events import EventsJob
from services.payments.jobs.stripe_gaps import GapPoll
from services.payments.jobs.sweep import sweep
from services.payments.reconcile.report import DailyReconciliation
from services.payments.saga.worker import Worker
from services.payments.settings import PaymentsSettings
from services.payments.signals import steps_due, stripe_events_due
from services.payments.webhook.context import StripeContext
from shared.jobs import Job

__all__ = ["gauge_collectors", "scheduled_jobs"]

RECONCILE_EVERY_SECONDS = 600.0


def scheduled_jobs(settings: PaymentsSettings, context: StripeContext, worker: Worker) -> list[Job]:
    """They run in every replica: rows are claimed, and of two jobs that compare and repair the
    second finds little to do.
    """
    database, stripe = context.database, context.stripe
    every = settings.sweep_every_seconds
    seldom = max(every, 60)
    return [
        Job("operations", worker.work, every=every, woken_by=steps_due),
        Job("stripe-events", EventsJob(context).work, every=every, woken_by=stripe_events_due),
        Job("stripe-gaps", GapPoll(database, stripe).work, every=settings.events_poll_seconds),
        Job(
            "reconcile",
            DailyReconciliation(database, settings).work,
            every=RECONCILE_EVERY_SECONDS,
        ),
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
