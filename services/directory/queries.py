"""Reads about one consultant: the profile, and its ratings."""

# ruff: noqa: S608 - composed of constants; client input is passed only to Statement.bind

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, bindparam, exists, func, select

from services.directory.domain.model import Profile, PublicPage, Rating, Reply
from services.directory.errors import NoSuchConsultant
from services.directory.tables import consultant_profiles
from shared.clock import now
from shared.db import Query, Reader
from shared.ids import LAST_ID
from shared.paging import Page, decode_cursor, page


def card_columns(at: str) -> str:
    """The columns of a Profile in a list, from consultant_profiles as `p`; `at` is the parameter
    that contains the current time.

    The stored next_available_at is correct until the minimum notice passes that slot, so another
    table is rarely read.
    """
    return f"""p.consultant_id, p.first_name, p.last_name, p.headline, p.expertise_tags,
        p.languages, p.hourly_rate, p.currency, p.average_hundredths, p.rating_count,
        case when p.next_available_at <= {at} + p.minimum_notice then (
            select min(f.start_time) from directory.free_slots f
            where f.consultant_id = p.consultant_id and f.start_time > {at} + p.minimum_notice
        ) else p.next_available_at end as next_available_at,
        p.photo, p.email_verified and p.payouts_active and not p.is_rejected as is_verified,
        p.created_at, p.updated_at"""  # nosec B608


_PROFILE = f"""
    select {card_columns("$2::timestamptz")}, p.bio from directory.consultant_profiles p
    where p.consultant_id = $1 and p.headline is not null and p.is_active
"""  # nosec B608
_RATINGS = """
    select r.score, r.comment, r.seeker_first_name, r.created_at, r.booking_id,
        a.body as reply, a.created_at as replied_at
    from directory.ratings r left join directory.rating_replies a on a.booking_id = r.booking_id
    where exists (
        select from directory.consultant_profiles p
        where p.consultant_id = $1 and p.headline is not null and p.is_active
    ) and r.consultant_id = $1 and (r.created_at, r.booking_id) < ($2::timestamptz, $3::uuid)
    order by r.created_at desc, r.booking_id desc limit $4
"""
_FAVOURITES = f"""
    select {card_columns("$2::timestamptz")}, v.created_at as noted_at
    from directory.favourites v join directory.consultant_profiles p using (consultant_id)
    where v.seeker_id = $1 and p.headline is not null and p.is_active
        and (v.created_at, v.consultant_id) < ($3::timestamptz, $4::uuid)
    order by v.created_at desc, v.consultant_id desc limit $5
"""  # nosec B608
_profile = consultant_profiles.c
_is_public_page = (
    _profile.headline.is_not(None)
    & _profile.is_active
    & ~_profile.is_rejected
    & (_profile.email_verified | ~bindparam("verified_only", type_=Boolean))
)
_PAGES = Query(
    select(_profile.consultant_id, _profile.first_name, _profile.last_name, _profile.updated_at)
    .where(_is_public_page, _profile.consultant_id > bindparam("after"))
    .order_by(_profile.consultant_id)
    .limit(bindparam("rows"))
)
_number = func.row_number().over(order_by=_profile.consultant_id).label("number")
_pages = select(_profile.consultant_id, _number).where(_is_public_page).subquery()
_EVERY_NTH_PAGE = Query(
    select(_pages.c.consultant_id)
    .where((_pages.c.number - 1) % bindparam("n") == 0)
    .order_by(_pages.c.consultant_id)
)
_closed = (_profile.consultant_id == bindparam("consultant_id")) & ~_profile.is_active
_PAGE_IS_GONE = Query(select(exists().where(_closed, _profile.headline.is_not(None))))
_END = (datetime.fromisoformat("9999-01-01T00:00:00Z"), LAST_ID)
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


def profile_of(row: Mapping[str, Any], bio: str | None = None) -> Profile:
    """A Profile from a row of `card_columns`."""
    return Profile(
        consultant_id=row["consultant_id"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        headline=row["headline"],
        bio=bio,
        expertise_tags=row["expertise_tags"],
        languages=row["languages"],
        hourly_rate=row["hourly_rate"],
        currency=row["currency"],
        average_hundredths=row["average_hundredths"],
        rating_count=row["rating_count"],
        next_available_at=row["next_available_at"],
        photo=row["photo"],
        is_verified=row["is_verified"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


async def profile(reader: Reader, consultant_id: UUID) -> Profile:
    """A consultant's profile. Raises NoSuchConsultant."""
    row = await reader.row(_PROFILE, consultant_id, now())
    if row is None:
        raise NoSuchConsultant
    return profile_of(row, row["bio"])


def _rating_of(row: Mapping[str, Any]) -> Rating:
    reply = Reply(row["reply"], row["replied_at"]) if row["reply"] is not None else None
    return Rating(row["score"], row["comment"], row["seeker_first_name"], row["created_at"], reply)


async def favourites_of(
    reader: Reader, seeker_id: UUID, limit: int, cursor: str | None
) -> Page[Profile]:
    """A seeker's favourite consultants, latest first, without those whose profile is gone."""
    scope = f"favourites {seeker_id}"
    after = _END if cursor is None else decode_cursor(cursor, (Instant, UUID), scope)
    rows = await reader.rows(_FAVOURITES, seeker_id, now(), *after, limit + 1)
    found = page(rows, limit, lambda row: (row["noted_at"], row["consultant_id"]), scope)
    return found.map(profile_of)


async def ratings_of(
    reader: Reader, consultant_id: UUID, limit: int, cursor: str | None
) -> Page[Rating]:
    """A consultant's ratings, newest first. Raises NoSuchConsultant."""
    scope = f"ratings {consultant_id}"
    after = _END if cursor is None else decode_cursor(cursor, (Instant, UUID), scope)
    rows = await reader.rows(_RATINGS, consultant_id, *after, limit + 1)
    if not rows:
        await profile(reader, consultant_id)
    found = page(rows, limit, lambda row: (row["created_at"], row["booking_id"]), scope)
    return found.map(_rating_of)


async def public_pages(
    reader: Reader, after: UUID, limit: int, *, verified_only: bool
) -> list[PublicPage]:
    """The consultants whose page search engines may index, in order of id, starting after
    `after`.
    """
    rows = await reader.rows(_PAGES, after=after, rows=limit, verified_only=verified_only)
    return [PublicPage(*row) for row in rows]


async def every_nth_public_page(reader: Reader, n: int, *, verified_only: bool) -> list[UUID]:
    """The first of every `n` consultants in that list."""
    rows = await reader.rows(_EVERY_NTH_PAGE, n=n, verified_only=verified_only)
    return [row["consultant_id"] for row in rows]


async def public_page_is_gone(reader: Reader, consultant_id: UUID) -> bool:
    """Whether the consultant had a page and has closed their account."""
    gone: bool = await reader.value(_PAGE_IS_GONE, consultant_id=consultant_id)
    return gone
