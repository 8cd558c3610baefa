"""What the gateway asks for the public pages. None of it is in the gateway's table of routes, so
that no client reaches it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import QueryParameter

from services.directory.routes.dependencies import Settings
from shared.service import FromPath, Reader

_LISTED = """
    select consultant_id, first_name, last_name, updated_at from directory.consultant_profiles
    where headline is not null and is_active and consultant_id > $1 and (email_verified or $3 = 0)
    order by consultant_id limit $2
"""
_GONE = """
    select exists (
        select from directory.consultant_profiles
        where consultant_id = $1 and headline is not null and not is_active
    )
"""
_STARTS = """
    select consultant_id from (
        select consultant_id, row_number() over (order by consultant_id) as number
        from directory.consultant_profiles
        where headline is not null and is_active and (email_verified or $2 = 0)
    ) listed where (number - 1) % $1 = 0 order by consultant_id
"""
FIRST = UUID(int=0)


class Listed(msgspec.Struct, frozen=True):
    """A consultant as the sitemap has them."""

    consultant_id: UUID
    first_name: str
    last_name: str
    updated_at: datetime


class Gone(msgspec.Struct, frozen=True):
    """Whether a consultant's page existed and is closed for good."""

    gone: bool


@get("/internal/consultants", include_in_schema=False)
async def listed(
    reader: Reader,
    settings: Settings,
    after: Annotated[UUID, QueryParameter()] = FIRST,
    limit: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1000,
) -> list[Listed]:
    """All whose public page search engines may show, by id; those after `after`."""
    rows = await reader.rows(_LISTED, after, limit, settings.require_verified_email)
    return [Listed(*row) for row in rows]


@get("/internal/consultants/starts", include_in_schema=False)
async def starts(
    reader: Reader,
    settings: Settings,
    every: Annotated[int, QueryParameter(ge=1, le=50_000)],
) -> list[UUID]:
    """The first of each `every` consultants of that list: where its parts begin."""
    rows = await reader.rows(_STARTS, every, settings.require_verified_email)
    return [row["consultant_id"] for row in rows]


@get("/internal/consultants/{consultant_id:uuid}/gone", include_in_schema=False)
async def gone(reader: Reader, consultant_id: FromPath[UUID]) -> Gone:
    """Whether a page existed once."""
    return Gone(await reader.value(_GONE, consultant_id))


INTERNAL = (listed, starts, gone)
