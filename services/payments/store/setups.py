"""SetupIntents, with which seekers save a card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Integer, bindparam, case, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.domain.model import CardSetup, SetupState
from services.payments.tables import setup_intents
from shared.clock import now
from shared.db import Query, Reader, Transaction

_DUE = Query(
    select(setup_intents.c.setup_intent_id)
    .where(
        setup_intents.c.state == literal_column("'open'"),
        setup_intents.c.check_at <= bindparam("at"),
    )
    .order_by(setup_intents.c.check_at)
    .limit(bindparam("most", type_=Integer))
)


async def add(db: Transaction, setup_intent_id: str, user_id: UUID, first_check: timedelta) -> None:
    """Inserts a SetupIntent, which is first checked after `first_check`."""
    at = now()
    await db.execute(
        insert(setup_intents).values(
            setup_intent_id=setup_intent_id,
            user_id=user_id,
            state=SetupState.OPEN,
            checks=0,
            check_at=at + first_check,
            created_at=at,
        )
    )


async def due(reader: Reader, at: datetime, most: int) -> Sequence[str]:
    """The SetupIntents that are to be checked at that time, longest due first."""
    rows = await reader.rows(_DUE, at=at, most=most)
    return [row["setup_intent_id"] for row in rows]


async def get_for_update(db: Transaction, setup_intent_id: str) -> CardSetup | None:
    """A SetupIntent, locked until the commit; None if it is not ours."""
    one = select(setup_intents).where(setup_intents.c.setup_intent_id == setup_intent_id)
    row = (await db.execute(one.with_for_update())).mappings().one_or_none()
    return CardSetup(**{**row, "state": SetupState(row["state"])}) if row is not None else None


async def save_check(
    db: Transaction, setup_intent_id: str, *, is_done: bool, checks: int, next_check: datetime
) -> None:
    """Writes the outcome of a check at Stripe."""
    one = update(setup_intents).where(setup_intents.c.setup_intent_id == setup_intent_id)
    state = SetupState.DONE if is_done else SetupState.OPEN
    await db.execute(one.values(state=state, checks=checks, check_at=next_check))


async def postpone_check(
    db: Transaction, setup_intent_id: str, next_check: datetime, give_up_before: datetime
) -> None:
    """Schedules the next check; a SetupIntent created before `give_up_before` is given up."""
    one = update(setup_intents).where(setup_intents.c.setup_intent_id == setup_intent_id)
    is_over = setup_intents.c.created_at < give_up_before
    state = case((is_over, SetupState.DONE.value), else_=SetupState.OPEN.value)
    await db.execute(one.values(check_at=next_check, state=state))
