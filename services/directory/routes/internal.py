"""Internal endpoints for the gateway's public pages. They are not in the gateway's routing table,
so clients cannot reach them.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import FromPath, QueryParameter

from services.directory import queries
from services.directory.routes.dependencies import Settings
from services.directory.schemas import Gone, PublicPage, public_page_schema
from shared.dependencies import Reader
from shared.ids import FIRST_ID


@get("/internal/consultants", include_in_schema=False)
async def listed(
    reader: Reader,
    settings: Settings,
    after: Annotated[UUID, QueryParameter()] = FIRST_ID,
    limit: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1000,
) -> list[PublicPage]:
    """Consultants whose public page search engines may index, in order of id, starting after
    `after`.
    """
    verified_only = bool(settings.require_verified_email)
    pages = await queries.public_pages(reader, after, limit, verified_only=verified_only)
    return [public_page_schema(page) for page in pages]


@get("/internal/consultants/starts", include_in_schema=False)
async def starts(
    reader: Reader,
    settings: Settings,
    every: Annotated[int, QueryParameter(ge=1, le=50_000)],
) -> list[UUID]:
    """The first of every `every` consultants in that list: the starts of the sitemap's parts."""
    verified_only = bool(settings.require_verified_email)
    return await queries.every_nth_public_page(reader, every, verified_only=verified_only)


@get("/internal/consultants/{consultant_id:uuid}/gone", include_in_schema=False)
async def gone(reader: Reader, consultant_id: FromPath[UUID]) -> Gone:
    """Whether a page existed before and is gone."""
    return Gone(await queries.public_page_is_gone(reader, consultant_id))


HANDLERS = (listed, starts, gone)
