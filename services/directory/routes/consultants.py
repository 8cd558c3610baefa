"""Profiles, lists and ratings of consultants."""

from typing import Annotated
from uuid import UUID

from litestar import get, put
from litestar.params import FromPath, JSONBody, QueryParameter

from services.directory import queries
from services.directory.commands import profiles as commands
from services.directory.domain.model import Sort
from services.directory.errors import NoSuchConsultant
from services.directory.routes.dependencies import Limiter, Settings
from services.directory.schemas import (
    LANGUAGE,
    Card,
    ConsultantRating,
    Profile,
    SaveProfile,
    card_schema,
    consultant_rating_schema,
    draft_from_schema,
    profile_schema,
)
from services.directory.search import listing
from services.directory.search.filters import Wanted
from services.directory.search.words import tag_key
from shared.auth import consultant
from shared.clock import utc_or_none
from shared.dependencies import AuthenticatedRequest, Db, Reader
from shared.fields import Instant
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page
from shared.problems import AccountClosed
from shared.query import IN_ORDER
from shared.rules import TextFormat

MAX_SEARCH_LENGTH = 200
MAX_TAG_LENGTH = 50

Search = Annotated[
    str | None,
    QueryParameter(
        max_length=MAX_SEARCH_LENGTH,
        description="Words, or beginnings of words, in name, headline, tags and bio. All of"
        " them must match; the first eight are used. Case and accents are ignored, and one"
        " typing error in a word of four letters or more is tolerated.",
    ),
]
Tags = Annotated[
    list[Annotated[str, QueryParameter(max_length=MAX_TAG_LENGTH)]] | None,
    QueryParameter(
        max_items=20,
        description="A tag, ignoring case and accents. May be repeated: all must match.",
    ),
]
Spoken = Annotated[
    str | None,
    QueryParameter(pattern=LANGUAGE, max_length=35, description="`pt` also finds `pt-BR`."),
    TextFormat(LANGUAGE, "must be a language tag, such as en or pt-BR"),
]
MinRating = Annotated[
    float | None, QueryParameter(ge=0, le=5, description="Minimum average rating; 0 for any.")
]
MaxRate = Annotated[int | None, QueryParameter(ge=0, le=10**9, description="In minor units.")]
From = Annotated[
    Instant | None,
    QueryParameter(
        description="Has free time that begins at this time or later; years 2000 to 2100."
    ),
]
To = Annotated[
    Instant | None,
    QueryParameter(
        description="Has free time that ends at this time or earlier; years 2000 to 2100."
    ),
]
By = Annotated[
    Sort,
    QueryParameter(
        description="`relevance` is by how well the search matches, then by quality. `rating` moves"
        " averages of few ratings towards the middle."
    ),
]


@put(
    "/consultants/me/profile",
    guards=[consultant],
    responses=errors(AccountClosed),
    tags=["directory"],
    summary="Publish or replace my profile",
)
async def save_profile(
    request: AuthenticatedRequest, db: Db, data: JSONBody[SaveProfile]
) -> Profile:
    """Replaces the whole profile. The price must be one that can be charged to a card."""
    saved = await commands.save_profile(db, by=request.user, draft=draft_from_schema(data))
    return profile_schema(saved)


@get(
    "/consultants/{consultant_id:uuid}/profile",
    responses=errors(NoSuchConsultant),
    tags=["directory"],
    summary="Show a consultant's profile",
)
async def profile(reader: Reader, consultant_id: FromPath[UUID]) -> Profile:
    """The public view of a profile."""
    return profile_schema(await queries.profile(reader, consultant_id))


@get(
    "/consultants",
    tags=["directory"],
    summary="Find consultants",
    opt={IN_ORDER: [("available_from", "available_to")]},
)
async def consultants(
    reader: Reader,
    settings: Settings,
    limiter: Limiter,
    search: Search = None,
    tag: Tags = None,
    language: Spoken = None,
    min_rating: MinRating = None,
    max_hourly_rate: MaxRate = None,
    available_from: From = None,
    available_to: To = None,
    sort: By = "relevance",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Card]:
    """A page of consultants that match all given filters."""
    wanted = Wanted(
        search=search,
        tags=tuple(sorted({tag_key(t) for t in tag or ()})),
        language=language.lower() if language is not None else None,
        min_average=round((min_rating or 0) * 100) or None,
        max_hourly_rate=max_hourly_rate,
        available_from=utc_or_none(available_from, "available_from"),
        available_to=utc_or_none(available_to, "available_to"),
        sort=sort,
        verified_only=bool(settings.require_verified_email),
    )
    async with limiter.slot(search):
        found = await listing.consultants(reader, wanted, limit, cursor)
    return found.map(card_schema)


@get(
    "/consultants/{consultant_id:uuid}/ratings",
    responses=errors(NoSuchConsultant),
    tags=["directory"],
    summary="List a consultant's ratings",
)
async def ratings(
    reader: Reader, consultant_id: FromPath[UUID], limit: Limit = 20, cursor: Cursor = None
) -> Page[ConsultantRating]:
    """Newest first, with the consultant's replies."""
    found = await queries.ratings_of(reader, consultant_id, limit, cursor)
    return found.map(consultant_rating_schema)


HANDLERS = (save_profile, profile, consultants, ratings)
