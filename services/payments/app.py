"""The composition root of payments: the only module that imports all others."""

from __future__ import annotations

from datetime import timedelta

from litestar import Litestar

from services.payments.commands.idempotency import response_cipher
from services.payments.jobs import gauge_collectors, scheduled_jobs
from services.payments.reactions import REACTIONS
from services.payments.routes import ROUTES
from services.payments.saga.worker import Worker, kinds
from services.payments.settings import PaymentsSettings
from services.payments.store.handover import handover
from services.payments.store.retention import RETENTIONS
from services.payments.stripe_api import connect
from services.payments.webhook.context import StripeContext
from shared.auth import Verifier
from shared.service import Service, build_application
from shared.settings import load_or_exit

SETTINGS = PaymentsSettings
JOB_CONNECTIONS = 4


def build(settings: PaymentsSettings, *, verifier: Verifier | None = None) -> Litestar:
    """The service with these settings."""
    service = Service(
        "payments",
        settings,
        REACTIONS,
        retentions=RETENTIONS,
        gauge_collectors=gauge_collectors(),
        job_connections=JOB_CONNECTIONS,
    )
    # A step of the saga is planned in 0.4 ms and written in 0.15.
    service.database.plan_once()
    database, stripe = service.jobs_database, connect(settings)
    payout_delay = timedelta(seconds=settings.payout_delay_seconds)
    worker = Worker(database, stripe, kinds(payout_delay))
    context = StripeContext(database, stripe, payout_delay)
    service.schedule(*scheduled_jobs(settings, context, worker))

    async def start() -> None:
        handover.worker = worker

    async def stop() -> None:
        handover.worker = None
        await worker.stop()
        await stripe.close()

    return build_application(
        service,
        ROUTES,
        provide={"stripe": stripe, "cipher": response_cipher(settings.stripe_secret_key)},
        state={"worker": worker, "context": context},
        verifier=verifier,
        on_start=start,
        on_stop=stop,
    )


def app() -> Litestar:
    """The service configured from the environment."""
    return build(load_or_exit(SETTINGS))
