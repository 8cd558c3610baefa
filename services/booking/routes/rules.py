"""/consultants/me/availability/rules"""

from typing import Any

from litestar import Request, delete, get, put

from services.booking.commands.rules import put_rules, remove_rules
from services.booking.errors import NoRules
from services.booking.queries.rules import rules_of
from services.booking.routes.dependencies import FreeTime, Pool
from services.booking.schemas.rules import (
    NewRules,
    RulesAnswer,
    rules_from_schema,
    rules_schema,
)
from shared.auth import consultant
from shared.db import after_commit, in_transaction
from shared.openapi import errors
from shared.service import Db, JSONBody

PATH = "/consultants/me/availability/rules"


@put(PATH, guards=[consultant], tags=["availability"], summary="Say when I work each week")
async def replace(
    request: Request[Any, Any, Any], db: Db, free_time: FreeTime, data: JSONBody[NewRules]
) -> RulesAnswer:
    """Slots are made from the rules up to the horizon, and every day further. A change touches free
    slots only: a slot that the former rules made too stays the same; booked slots and slots made
    by hand stay.
    """
    await put_rules(db, by=request.user, rules=rules_from_schema(data))
    after_commit(db, free_time.wake)
    return rules_schema(await rules_of(in_transaction(db), request.user.id))


@get(
    PATH,
    guards=[consultant],
    responses=errors(NoRules),
    tags=["availability"],
    summary="My weekly rules",
)
async def read(request: Request[Any, Any, Any], pool: Pool) -> RulesAnswer:
    """With the number of free slots that they give."""
    return rules_schema(await rules_of(pool.autocommit, request.user.id))


@delete(
    PATH,
    guards=[consultant],
    responses=errors(NoRules),
    tags=["availability"],
    summary="Work without rules",
)
async def remove(request: Request[Any, Any, Any], db: Db, free_time: FreeTime) -> None:
    """The free slots made from them go; booked slots and slots made by hand stay."""
    await remove_rules(db, by=request.user)
    after_commit(db, free_time.wake)


HANDLERS = (replace, read, remove)
