"""The composition root of notifications: the only module that imports all others."""

from __future__ import annotations

import asyncio

from litestar import Litestar

from services.notifications import signals
from services.notifications.jobs import gauge_collectors, scheduled_jobs
from services.notifications.mail.composition import Branding
from services.notifications.mailer.sender import Sender
from services.notifications.mailer.smtp import server_of
from services.notifications.reactions import REACTIONS
from services.notifications.routes import ROUTES
from services.notifications.settings import NotificationsSettings
from services.notifications.store.retention import RETENTIONS
from services.notifications.streams.hub import Hub
from shared.auth import Verifier
from shared.live import LiveReceiver
from shared.service import Service, build_application
from shared.settings import load_or_exit
from shared.tasks import cancel_and_wait

SETTINGS = NotificationsSettings
# For mails, reminders and streams.
JOB_CONNECTIONS = 4
# Seconds in which deliveries gather. Nobody notices them in a list or a mail, and live events are
# promised within a second.
BATCH_PAUSE = 0.04


def build(settings: NotificationsSettings, *, verifier: Verifier | None = None) -> Litestar:
    """The service with these settings."""
    service = Service(
        "notifications",
        settings,
        REACTIONS,
        retentions=RETENTIONS,
        gauge_collectors=gauge_collectors(),
        batch_pause=BATCH_PAUSE,
        job_connections=JOB_CONNECTIONS,
    )
    branding = Branding(
        settings.brand_name, settings.mail_from, settings.public_url, settings.brand_color
    )
    server = server_of(settings.smtp_url) if settings.smtp_url else None
    sender = Sender(service.jobs_database, branding, server)
    hub = Hub(service.jobs_database)
    service.schedule(*scheduled_jobs(settings, service.jobs_database, sender))
    signals.streams_changed.listener = hub.changed
    receiver = LiveReceiver(settings.amqp_url, hub.receive)
    background: list[asyncio.Task[None]] = []

    async def start() -> None:
        hub.use(service.live)
        background.extend(asyncio.create_task(work) for work in (hub.run(), receiver.run()))

    async def stop() -> None:
        hub.end_all()
        await cancel_and_wait(*background)
        await sender.close()

    return build_application(
        service,
        ROUTES,
        provide={"hub": hub},
        state={"sender": sender},
        verifier=verifier,
        on_start=start,
        on_stop=stop,
    )


def app() -> Litestar:
    """The service configured from the environment."""
    return build(load_or_exit(SETTINGS))
