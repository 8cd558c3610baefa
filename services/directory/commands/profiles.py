"""Saving a consultant's profile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.directory import store
from services.directory.domain.model import Consultant, Profile, ProfileDraft
from services.directory.search.words import tag_key
from shared.auth import User
from shared.clock import now
from shared.currencies import refusal_of_rate
from shared.db import Database, Transaction
from shared.events import ProfileUpdated
from shared.outbox import emit
from shared.problems import AccountClosed, FieldError, ValidationFailed

REINDEXED_AT_ONCE = 50


async def save_profile(db: Transaction, *, by: User, draft: ProfileDraft) -> Profile:
    """Publishes or replaces the profile of `by`. Names are taken from the token until identity's
    are known. Raises AccountClosed, and ValidationFailed for a price that cannot be charged to a
    card.
    """
    refusal = refusal_of_rate(draft.hourly_rate, draft.currency)
    if refusal is not None:
        raise ValidationFailed([FieldError("hourly_rate", refusal)])
    consultant = await store.get_for_update(db, by.id)
    if not consultant.is_active:
        raise AccountClosed
    at = now()
    changes = _columns(draft) | {"created_at": consultant.created_at or at, "updated_at": at}
    if consultant.last_user_sequence is None:
        changes |= {
            "first_name": by.first_name or consultant.first_name,
            "last_name": by.last_name or consultant.last_name,
        }
    saved = await store.save(db, consultant, **changes)
    await emit(
        db,
        ProfileUpdated(consultant_id=by.id, hourly_rate=draft.hourly_rate, currency=draft.currency),
    )
    return _published(saved, draft, at, await store.next_available_at(db, saved, at))


def _columns(draft: ProfileDraft) -> dict[str, Any]:
    tags = _each_once(draft.expertise_tags, tag_key)
    languages = _each_once(draft.languages, str.lower)
    return {
        "headline": draft.headline.strip(),
        "bio": draft.bio,
        "expertise_tags": list(tags.values()),
        "tag_keys": list(tags),
        "languages": list(languages.values()),
        # "pt" also finds "pt-BR"
        "language_keys": sorted(
            {key for name in languages for key in (name, name.partition("-")[0])}
        ),
        "hourly_rate": draft.hourly_rate,
        "currency": draft.currency,
    }


def _each_once(given: list[str], key: Callable[[str], str]) -> dict[str, str]:
    """By key, in the spelling that came first."""
    first: dict[str, str] = {}
    for text in given:
        first.setdefault(key(text), text.strip())
    return first


def _published(
    saved: Consultant, draft: ProfileDraft, at: datetime, next_available_at: datetime | None
) -> Profile:
    """The saved profile."""
    return Profile(
        consultant_id=saved.consultant_id,
        first_name=saved.first_name,
        last_name=saved.last_name,
        headline=saved.headline or draft.headline,
        bio=draft.bio,
        expertise_tags=saved.expertise_tags,
        languages=saved.languages,
        hourly_rate=draft.hourly_rate,
        currency=draft.currency,
        average_hundredths=saved.average_hundredths,
        rating_count=saved.rating_count,
        next_available_at=next_available_at,
        photo=saved.photo,
        is_verified=saved.is_verified,
        created_at=saved.created_at or at,
        updated_at=saved.updated_at or at,
    )


async def reindex_profiles(database: Database) -> bool:
    """Job: re-splits the words of profiles marked for it, with this version's rules. Returns
    whether there are more.
    """
    async with database.transaction() as db:
        consultants = await store.consultants_to_reindex(db, REINDEXED_AT_ONCE)
        for consultant in consultants:
            await store.save(db, consultant)
    return len(consultants) == REINDEXED_AT_ONCE
