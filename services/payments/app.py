"""The composition root of payments: the only module that imports all others."""

from __future__ import annotations

from datetime import timedelta

from litestar import Litestar

from services.payments.commands import account_checks, cards, customers
from services.payments.jobs.stripe_events import EventsJob
from services.payments.jobs.stripe_gaps import GapPoll
from services.payments.jobs.sweep import sweep
from services.payments.metrics import collect_payments
from services.payments.reactions import REACTIONS
from services.payments.reconcile.report import Daily
from services.payments.routes import ROUTES
from services.payments.saga.worker import Worker, kinds
from services.payments.settings import PaymentsSettings
from services.payments.store import operations
from services.payments.store import stripe_events as stripe_events_store
from services.payments.store.retention import RETENTIONS
from services.payments.stripe_api import connect
from services.payments.webhook.intents import Context
from shared.auth import Verifier
from shared.db import Database
from shared.jobs import Job
from shared.service import Service, build_service
from shared.settings import load_or_exit

SETTINGS = PaymentsSettings
JOB_CONNECTIONS = 4


def build(settings: PaymentsSettings, *, verifier: Verifier | None = None) -> Litestar:
    """The service with these settings."""
    # Jobs have a small pool of their own, so that a burst of them takes no connection from requests
    # and reactions.
    database = Database(settings.database_url, pool_size=JOB_CONNECTIONS, name="payments-jobs")
    stripe = connect(settings)
    payout_delay = timedelta(seconds=settings.payout_delay_seconds)
    worker = Worker(database, stripe, kinds(payout_delay))
    context = Context(database, stripe, payout_delay)
    events = EventsJob(context)
    gaps = GapPoll(database, stripe)
    sweep_every = settings.sweep_every_seconds

    operations_job = Job("operations", worker.work, every=sweep_every)
    events_job = Job("stripe-events", events.work, every=sweep_every)
    operations.wake.listener = operations_job.wake
    stripe_events_store.wake.listener = events_job.wake
    jobs = [
        operations_job,
        events_job,
        Job("stripe-gaps", gaps.work, every=settings.events_poll_seconds),
        Job("open-setups", lambda: cards.check_open_setups(database, stripe), every=sweep_every),
        Job(
            "customer-emails", lambda: customers.fill_in_emails(database, stripe), every=sweep_every
        ),
        Job("money-sweep", lambda: sweep(database), every=max(sweep_every, 60)),
        Job("reconcile", Daily(database, settings).work, every=600),
        Job(
            "waiting-accounts",
            lambda: account_checks.refresh_waiting(database, stripe),
            every=sweep_every,
        ),
        Job(
            "unseen-accounts",
            lambda: account_checks.refresh_unseen(database, stripe),
            every=max(sweep_every, 60),
        ),
        Job(
            "account-emails",
            lambda: account_checks.fill_in_emails(database, stripe),
            every=sweep_every,
        ),
    ]

    async def start(service: Service) -> None:
        database.publish = service.publisher.publish
        operations.handover.worker = worker

    async def stop(_: Service) -> None:
        operations.handover.worker = None
        await worker.stop()
        await stripe.close()
        await database.close()

    return build_service(
        "payments",
        settings,
        ROUTES,
        REACTIONS,
        jobs,
        [collect_payments],
        retentions=RETENTIONS,
        provide={"stripe": stripe},
        state={
            "worker": worker,
            "events": events,
            "gaps": gaps,
            "context": context,
        },
        verifier=verifier,
        on_start=start,
        on_stop=stop,
    )


def app() -> Litestar:
    """The service configured from the environment."""
    return build(load_or_exit(PaymentsSettings))
