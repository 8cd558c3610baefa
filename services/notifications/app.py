"""The composition root of notifications: the only module that imports all others."""

from __future__ import annotations

import asyncio

from litestar import Litestar

from services.notifications import jobs, signals
from services.notifications.commands.reminders import plan_reminders
from services.notifications.mail.composition import Branding
from services.notifications.metrics import collect_mails
from services.notifications.reactions import REACTIONS
from services.notifications.routes import ROUTES
from services.notifications.sending.sender import EVERY, Sender
from services.notifications.sending.smtp import server_of
from services.notifications.settings import NotificationsSettings
from services.notifications.store.retention import RETENTIONS
from services.notifications.streams.hub import Hub
from shared.auth import Verifier
from shared.db import Database
from shared.jobs import Job
from shared.live import LiveReceiver
from shared.service import Service, build_service
from shared.settings import load_or_exit
from shared.tasks import cancel_and_wait

SETTINGS = NotificationsSettings
JOB_CONNECTIONS = 4
# Seconds in which deliveries gather. Nobody notices them in a list or a mail, and live events are
# promised within a second.
BATCH_PAUSE = 0.04


def build(settings: NotificationsSettings, *, verifier: Verifier | None = None) -> Litestar:
    """The application with these settings."""
    # Mails have a small pool of their own, so that a burst of them does not take connections from
    # requests and reactions.
    database = Database(settings.database_url, pool_size=JOB_CONNECTIONS, name="notifications-jobs")
    branding = Branding(
        settings.brand_name, settings.mail_from, settings.public_url, settings.brand_color
    )
    sender = Sender(database, branding, server_of(settings.smtp_url) if settings.smtp_url else None)
    hub = Hub(database)
    mails_job = Job("mails", sender.work, every=EVERY)
    reminders_job = Job(
        "reminders",
        lambda: plan_reminders(database, settings.reminders),
        every=settings.sweep_every_seconds,
    )

    signals.mails_due.listener = mails_job.wake
    signals.reminders_due.listener = reminders_job.wake
    signals.streams_changed.listener = hub.changed
    receiver = LiveReceiver(settings.amqp_url, hub.receive)
    background: list[asyncio.Task[None]] = []

    async def start(service: Service) -> None:
        hub.use(service.live)
        background.extend(asyncio.create_task(work) for work in (hub.run(), receiver.run()))

    async def stop(_: Service) -> None:
        hub.end_all()
        await cancel_and_wait(*background)
        await sender.close()
        await database.close()

    return build_service(
        "notifications",
        settings,
        ROUTES,
        REACTIONS,
        [
            mails_job,
            reminders_job,
            Job("prune-stream-events", lambda: jobs.prune_stream_events(database), every=600),
        ],
        [collect_mails],
        retentions=RETENTIONS,
        batch_pause=BATCH_PAUSE,
        provide={"hub": hub},
        state={"sender": sender, "jobs_database": database},
        verifier=verifier,
        on_start=start,
        on_stop=stop,
    )


def app() -> Litestar:
    """The application configured from the environment."""
    return build(load_or_exit(NotificationsSettings))
