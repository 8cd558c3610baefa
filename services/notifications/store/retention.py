"""Retention periods, and the statements that delete expired rows."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import literal_column, text

from services.notifications.tables import (
    early_events,
    ended_calendar_failures,
    ended_sessions,
    mails,
    notifications,
)
from shared.clock import now
from shared.db import Transaction
from shared.pruning import Retention

# A stream resumes with all of the last 24 hours; a little more, because clocks differ.
STREAM_RETENTION = timedelta(hours=24, minutes=10)
BATCH = 5_000

RETENTIONS = (
    Retention(ended_sessions, ended_sessions.c.ended_at, timedelta(days=1)),
    Retention(early_events, early_events.c.created_at, timedelta(days=30)),
    # for longer than a mail about the failure can wait
    Retention(ended_calendar_failures, ended_calendar_failures.c.ended_at, timedelta(days=30)),
    Retention(
        mails,
        mails.c.ended_at,
        timedelta(days=90),
        # the same condition as in the index of ended mails
        where=mails.c.state != literal_column("'due'"),
    ),
    Retention(notifications, notifications.c.at, timedelta(days=365)),
)

_PRUNE_STREAM_EVENTS = text("""
    with old as (
        select user_id, id from notifications.stream_events
        where created_at < :before order by created_at limit :batch
    ), gone as (
        delete from notifications.stream_events e using old
        where e.user_id = old.user_id and e.id = old.id returning e.user_id, e.id
    ), newest as (
        select user_id, max(id) + 1 as oldest_id from gone group by user_id order by user_id
    ), noted as (
        update notifications.stream_positions p
        set oldest_id = greatest(p.oldest_id, newest.oldest_id)
        from newest where p.user_id = newest.user_id
    )
    select count(*) from gone
""")


async def prune_stream_events(db: Transaction) -> bool:
    """Deletes a batch of events too old for any stream to resume from. Returns whether there may be
    more.
    """
    given = {"before": now() - STREAM_RETENTION, "batch": BATCH}
    gone = await db.execute(_PRUNE_STREAM_EVENTS, given)
    return bool(gone.scalar_one() == BATCH)
