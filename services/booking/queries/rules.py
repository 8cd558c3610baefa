"""A consultant's weekly rules and their slots."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select

from services.booking.domain.rules import Rules
from services.booking.errors import NoRules
from services.booking.store.offered import is_offered
from services.booking.store.rules import get_rules
from services.booking.tables import availability_slots
from shared.clock import now
from shared.db import Executor, Query

GIVEN = Query(
    select(
        func.count().label("number"), func.min(availability_slots.c.start_time).label("next_slot")
    ).where(
        availability_slots.c.consultant_id == bindparam("consultant_id"),
        availability_slots.c.start_time > bindparam("at"),
        availability_slots.c.from_rules,
        ~availability_slots.c.is_booked,
        is_offered(":consultant_id"),
    )
)


class RulesAndSlots(NamedTuple):
    """Rules, the number of their slots that can be requested, and when the first of them starts."""

    rules: Rules
    slots: int
    next_slot: datetime | None


async def rules_of(run: Executor, consultant_id: UUID) -> RulesAndSlots:
    """The consultant's rules and their slots. Raises NoRules."""
    rules = await get_rules(run, consultant_id)
    if rules is None:
        raise NoRules
    [given] = await run(GIVEN, consultant_id=consultant_id, at=now())
    return RulesAndSlots(rules, given["number"], given["next_slot"])
