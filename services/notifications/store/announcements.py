"""Writes everything that events announce (rows of streams, lists and mails) in one statement.

A reaction writes up to eight rows in four tables. As separate statements that took six round trips
and most of the reaction's CPU.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import DateTime, String, bindparam, text

from services.notifications.store.mails import NewMail
from shared.clock import now
from shared.db import Executor, Query


class StreamEvent(msgspec.Struct, frozen=True):
    """An event for one user's stream. `data` is a JSON object, to which `id` is added when it is
    written.
    """

    user_id: UUID
    event: str
    data: str


class Notification(msgspec.Struct, frozen=True):
    """An entry in the notification list."""

    id: UUID
    user_id: UUID
    type: str
    booking_id: UUID | None
    title: str
    body: str
    link: str
    at: datetime


class Announcement(msgspec.Struct):
    """Everything that one event announces, in the order in which streams show it."""

    streams: list[StreamEvent] = []
    notifications: list[Notification] = []
    mails: list[NewMail] = []


# A user's row in stream_positions is locked until the commit, so that nobody sees a later id before
# an earlier one. Rows are locked in a fixed order, so that two transactions cannot deadlock.
_WRITE = Query(
    text("""
    with new_events as (
        select t.* from rows from (
            jsonb_to_recordset(cast(:streams as jsonb)) as (user_id uuid, event text, data text)
        ) with ordinality t (user_id, event, data, place)
    ), counted as (
        select user_id, count(*) as events from new_events group by user_id
    ), positions as (
        insert into notifications.stream_positions as p (user_id, last_id)
        select user_id, events from counted order by user_id
        on conflict (user_id) do update set last_id = p.last_id + excluded.last_id
        returning p.user_id, p.last_id
    ), numbered as (
        select new_events.*, p.last_id - counted.events
            + row_number() over (partition by new_events.user_id order by new_events.place) as id
        from new_events join counted using (user_id) join positions p using (user_id)
    ), streamed as (
        insert into notifications.stream_events (user_id, id, event, data, created_at)
        select user_id, id, event, format('{"id":%s,%s', id, substr(data, 2)), :at from numbered
    ), listed as (
        insert into notifications.notifications
            (id, user_id, type, booking_id, title, body, link, at)
        select * from jsonb_to_recordset(cast(:notifications as jsonb)) as
            n (id uuid, user_id uuid, type text, booking_id uuid, title text, body text,
               link text, at timestamptz)
    )
    insert into notifications.mails
        (id, user_id, kind, category, booking_id, fact, address, context, due_at, give_up_at,
         created_at)
    select * from jsonb_to_recordset(cast(:mails as jsonb)) as
        m (id uuid, user_id uuid, kind text, category text, booking_id uuid, fact text,
           address text, context jsonb, due_at timestamptz, give_up_at timestamptz,
           created_at timestamptz)
    on conflict do nothing
    """).bindparams(
        bindparam("streams", type_=String),
        bindparam("notifications", type_=String),
        bindparam("mails", type_=String),
        bindparam("at", type_=DateTime(timezone=True)),
    )
)


async def save(run: Executor, announcements: Iterable[Announcement]) -> None:
    """Writes announcements; an existing mail about the same fact is left unchanged."""
    lists: dict[str, list[Any]] = {"streams": [], "notifications": [], "mails": []}
    for announcement in announcements:
        for name, rows in lists.items():
            rows += getattr(announcement, name)
    if not any(lists.values()):
        return
    encoded = {name: msgspec.json.encode(rows).decode() for name, rows in lists.items()}
    await run(_WRITE, at=now(), **encoded)
