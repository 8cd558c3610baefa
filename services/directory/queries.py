"""Reads of one consultant: the profile, and what was said about them."""

# ruff: noqa: S608 - the parts put together are ours; what a client typed only ever goes through Statement.bind

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from services.directory.domain.photos import photo_url
from services.directory.errors import NoSuchConsultant
from services.directory.schemas import Card, Profile, RatingView, ReplyView
from shared.clock import now
from shared.db import Reader
from shared.paging import Page, decode_cursor, encode_cursor


def card_columns(at: str) -> str:
    """What a Card is made of, from consultant_profiles as `p`; `at` is the parameter that holds the
    present instant.

    The stored next_available_at is right until that slot begins, so that hardly ever another table
    is read.
    """
    return f"""p.consultant_id, p.first_name, p.last_name, p.headline, p.expertise_tags, p.languages, p.hourly_rate,
        p.currency, p.average_hundredths, p.rating_count,
        case when p.next_available_at <= {at} then (
            select min(f.start_time) from directory.free_slots f
            where f.consultant_id = p.consultant_id and f.start_time > {at}
        ) else p.next_available_at end as next_available_at,
        p.photo, p.created_at, p.updated_at"""  # nosec B608 # what was typed is bound (Statement)


_PROFILE = f"""
    select {card_columns("$2::timestamptz")}, p.bio from directory.consultant_profiles p
    where p.consultant_id = $1 and p.headline is not null and p.is_active
"""  # nosec B608 # what was typed is bound (Statement)
_RATINGS = """
    select r.score, r.comment, r.seeker_first_name, r.created_at, r.booking_id,
        a.body as reply, a.created_at as replied_at
    from directory.ratings r left join directory.rating_replies a on a.booking_id = r.booking_id
    where r.consultant_id = $1 and (r.created_at, r.booking_id) < ($2::timestamptz, $3::uuid)
    order by r.created_at desc, r.booking_id desc limit $4
"""
_FAVOURITES = f"""
    select {card_columns("$2::timestamptz")}, v.created_at as noted_at
    from directory.favourites v join directory.consultant_profiles p using (consultant_id)
    where v.seeker_id = $1 and p.headline is not null and p.is_active
        and (v.created_at, v.consultant_id) < ($3::timestamptz, $4::uuid)
    order by v.created_at desc, v.consultant_id desc limit $5
"""  # nosec B608 # no value is put into it
_END = (datetime.fromisoformat("9999-01-01T00:00:00Z"), UUID(int=(1 << 128) - 1))
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


def card_of(row: Mapping[str, Any]) -> Card:
    """A row of `card_columns` as clients see it."""
    average = row["average_hundredths"]
    return Card(
        row["consultant_id"],
        row["first_name"],
        row["last_name"],
        row["headline"],
        row["expertise_tags"],
        row["languages"],
        row["hourly_rate"],
        row["currency"],
        None if average is None else average / 100,
        row["rating_count"],
        row["next_available_at"],
        photo_url(row["consultant_id"], row["photo"]),
        row["created_at"],
        row["updated_at"],
    )


def profile_of(row: Mapping[str, Any]) -> Profile:
    """A row of `card_columns` and bio as clients see it."""
    card = card_of(row)
    return Profile(bio=row["bio"], **{name: getattr(card, name) for name in Card.__struct_fields__})


async def profile(reader: Reader, consultant_id: UUID) -> Profile:
    """A consultant's profile. Raises NoSuchConsultant."""
    row = await reader.row(_PROFILE, consultant_id, now())
    if row is None:
        raise NoSuchConsultant
    return profile_of(row)


def _reply(row: Mapping[str, Any]) -> ReplyView | None:
    return ReplyView(row["reply"], row["replied_at"]) if row["reply"] is not None else None


async def favourites_of(
    reader: Reader, seeker_id: UUID, limit: int, cursor: str | None
) -> Page[Card]:
    """The consultants whom a seeker wants to find again, the latest first. Those whose profile is
    gone are left out.
    """
    scope = f"favourites {seeker_id}"
    after = _END if cursor is None else decode_cursor(cursor, (Instant, UUID), scope)
    rows = await reader.rows(_FAVOURITES, seeker_id, now(), *after, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    key = (last["noted_at"], last["consultant_id"]) if last else None
    return Page([card_of(row) for row in rows[:limit]], encode_cursor(key, scope) if key else None)


async def ratings_of(
    reader: Reader, consultant_id: UUID, limit: int, cursor: str | None
) -> Page[RatingView]:
    """What seekers said about a consultant, newest first. Raises NoSuchConsultant."""
    scope = f"ratings {consultant_id}"
    after = _END if cursor is None else decode_cursor(cursor, (Instant, UUID), scope)
    rows = await reader.rows(_RATINGS, consultant_id, *after, limit + 1)
    if not rows:
        await profile(reader, consultant_id)
    items = [
        RatingView(r["score"], r["comment"], r["seeker_first_name"], r["created_at"], _reply(r))
        for r in rows[:limit]
    ]
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(
        items, encode_cursor((last["created_at"], last["booking_id"]), scope) if last else None
    )
