"""Scheduled jobs: send mails, plan reminders, prune streams; and the collector of gauges."""

from __future__ import annotations

from services.notifications import signals
from services.notifications.commands.reminders import plan_reminders
from services.notifications.mailer.sender import EVERY, Sender
from services.notifications.metrics import MAILS_OLDEST, MAILS_WAITING
from services.notifications.queries import due_mails
from services.notifications.settings import NotificationsSettings
from services.notifications.store import retention
from shared.db import Database
from shared.gauges import GaugeCollector, seconds_since
from shared.jobs import Job

PRUNE_EVERY_SECONDS = 600.0


def scheduled_jobs(
    settings: NotificationsSettings, database: Database, sender: Sender
) -> list[Job]:
    """They run in every replica: each claims what it does."""
    return [
        Job("mails", sender.work, every=EVERY, woken_by=signals.mails_due),
        Job(
            "reminders",
            lambda: plan_reminders(database, settings.reminders),
            every=settings.sweep_every_seconds,
            woken_by=signals.reminders_due,
        ),
        Job(
            "prune-stream-events",
            lambda: prune_stream_events(database),
            every=PRUNE_EVERY_SECONDS,
        ),
    ]


async def prune_stream_events(database: Database) -> bool:
    """Job: deletes events too old for any stream to resume from. Returns whether there are more."""
    async with database.transaction() as db:
        return await retention.prune_stream_events(db)


def gauge_collectors() -> list[GaugeCollector]:
    """The collectors of this service's gauges."""
    return [collect_mails]


async def collect_mails(database: Database) -> None:
    """GaugeCollector: the number of due mails, and how long the oldest has been due."""
    number, since = await due_mails(database.reader)
    MAILS_WAITING.set(number)
    MAILS_OLDEST.set(seconds_since(since))
