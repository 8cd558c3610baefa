"""What a consultant does here: saving the profile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.directory.errors import AccountClosed
from services.directory.queries import profile_of
from services.directory.schemas import Profile, SaveProfile
from services.directory.search.words import folded
from services.directory.store import changed, claimed
from services.directory.tables import free_slots
from shared.auth import User
from shared.clock import now
from shared.currencies import CURRENCIES, Currency
from shared.events import ProfileUpdated
from shared.outbox import emit
from shared.problems import FieldError, ValidationFailed


async def save_profile(db: AsyncConnection, *, by: User, wanted: SaveProfile) -> Profile:
    """Publishes or replaces the profile of `by`. Their names are the token's until identity has
    told them. Raises AccountClosed, ValidationFailed for a price that no card can be charged.
    """
    _refuse_uncharged(wanted.hourly_rate, CURRENCIES[wanted.currency])
    row = await claimed(db, by.id)
    if not row.is_active:
        raise AccountClosed
    at = now()
    values: dict[str, Any] = _columns(wanted) | {
        "created_at": row.created_at or at,
        "updated_at": at,
    }
    if row.last_user_sequence is None:
        values |= {
            "first_name": by.first_name or row.first_name,
            "last_name": by.last_name or row.last_name,
        }
    row = await changed(db, row, **values)
    await emit(
        db,
        ProfileUpdated(
            consultant_id=by.id, hourly_rate=wanted.hourly_rate, currency=wanted.currency
        ),
    )
    return profile_of({**row._mapping, "next_available_at": await _next_available_at(db, row)})


def _refuse_uncharged(hourly_rate: int, currency: Currency) -> None:
    if hourly_rate < currency.minimum:
        least = currency.text(currency.minimum)
        message = f"An hour must cost at least {least}, or no card can be charged."
    elif hourly_rate % currency.step:
        message = f"The price must be a multiple of {currency.text(currency.step)}."
    else:
        return
    raise ValidationFailed([FieldError("hourly_rate", message)])


def _columns(wanted: SaveProfile) -> dict[str, Any]:
    tags, languages = (
        _each_once(wanted.expertise_tags, tag_key),
        _each_once(wanted.languages, str.lower),
    )
    return {
        "headline": wanted.headline.strip(),
        "bio": wanted.bio,
        "expertise_tags": list(tags.values()),
        "tag_keys": list(tags),
        "languages": list(languages.values()),
        # "pt-BR" is found by pt too
        "language_keys": sorted(
            {key for name in languages for key in (name, name.partition("-")[0])}
        ),
        "hourly_rate": wanted.hourly_rate,
        "currency": wanted.currency,
    }


def _each_once(given: list[str], key: Callable[[str], str]) -> dict[str, str]:
    """By key, as first written."""
    first: dict[str, str] = {}
    for text in given:
        first.setdefault(key(text), text.strip())
    return first


def tag_key(tag: str) -> str:
    """What makes two tags the same: all but case, accents and blanks."""
    return " ".join(folded(tag).split())


async def _next_available_at(db: AsyncConnection, row: Row[Any]) -> Any:
    stored, at = row.next_available_at, now()
    if stored is None or stored > at:
        return stored
    return await db.scalar(_first_free(row.consultant_id, at))


def _first_free(consultant_id: UUID, at: Any) -> Any:
    return select(func.min(free_slots.c.start_time)).where(
        free_slots.c.consultant_id == consultant_id, free_slots.c.start_time > at
    )
