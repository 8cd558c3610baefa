"""/consultants/me/availability/rules"""

from typing import Annotated

from litestar import delete, get, put
from litestar.params import JSONBody, QueryParameter

from services.booking.commands.rules import put_rules, remove_rules
from services.booking.errors import NoRules, TooManySlots
from services.booking.queries.explanation import explanation
from services.booking.queries.rules import rules_of
from services.booking.routes.dependencies import FreeTime, Settings
from services.booking.schemas.rules import (
    Explanation,
    NewRules,
    Rules,
    explanation_schema,
    rules_from_schema,
    rules_schema,
)
from shared import clock
from shared.auth import consultant
from shared.dependencies import AuthenticatedRequest, Db, Pool, Reader
from shared.fields import Instant
from shared.openapi import errors
from shared.problems import AccountClosed

At = Annotated[Instant, QueryParameter(description="The instant to explain.")]


@put(
    "/consultants/me/availability/rules",
    guards=[consultant],
    responses=errors(AccountClosed, TooManySlots),
    tags=["availability"],
    summary="Set my weekly rules",
)
async def replace(
    request: AuthenticatedRequest,
    db: Db,
    settings: Settings,
    free_time: FreeTime,
    data: JSONBody[NewRules],
) -> Rules:
    """Slots are generated from the rules up to the horizon, which moves every day. A change affects
    free slots only: slots that the former rules generated too are kept, as are booked slots and
    those created by hand.
    """
    shortest = settings.shortest_slot
    await put_rules(db, by=request.user, rules=rules_from_schema(data), shortest=shortest)
    db.after_commit(free_time.wake)
    return rules_schema(await rules_of(db, request.user.id), shortest)


@get(
    "/consultants/me/availability/rules",
    guards=[consultant],
    responses=errors(NoRules),
    tags=["availability"],
    summary="Show my weekly rules",
)
async def read(request: AuthenticatedRequest, pool: Pool, settings: Settings) -> Rules:
    """With the number of their free slots."""
    found = await rules_of(pool.autocommit, request.user.id)
    return rules_schema(found, settings.shortest_slot)


@delete(
    "/consultants/me/availability/rules",
    guards=[consultant],
    responses=errors(AccountClosed, NoRules),
    tags=["availability"],
    summary="Remove my weekly rules",
)
async def remove(request: AuthenticatedRequest, db: Db, free_time: FreeTime) -> None:
    """Free slots generated from them are removed; booked slots and those created by hand stay."""
    await remove_rules(db, by=request.user)
    db.after_commit(free_time.wake)


@get(
    "/consultants/me/availability/explain",
    guards=[consultant],
    tags=["availability"],
    summary="Explain why no session can be requested at an instant",
)
async def explain(request: AuthenticatedRequest, reader: Reader, at: At) -> Explanation:
    """All reasons, not only the first; none if a slot that can be requested starts then."""
    instant = clock.utc(at, "at")
    return explanation_schema(instant, await explanation(reader, request.user.id, instant))


HANDLERS = (replace, read, remove, explain)
