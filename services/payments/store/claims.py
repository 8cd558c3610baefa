"""Steps of the saga that a worker has claimed: taken for the length of a lease, then finished or
rescheduled. Each write is fenced against a worker whose lease has run out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import String, bindparam, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.payments.domain.operations import Operation, StepKind, StepState
from services.payments.store.operations import LEASE, operation_from, params_with_card
from services.payments.tables import operations
from shared.clock import now
from shared.db import Database, Query, Transaction

# A newer replica may plan kinds that this one does not know, and leaves them to that one.
KNOWN_KINDS = tuple(StepKind)
_CLAIMED_PARAMS = params_with_card("o.params", "o.kind", "not o.params ? 'payment_method'")
# Of one booking the step in doubt goes first, then the oldest. The order is total, so that no two
# wait for each other: a transfer that waited for its account is older than a refund requested
# meanwhile, and may fall due while the refund is in doubt. The card is the one on file when the
# step is claimed, and is not changed while its key is used.
_CLAIM = Query(text(
    f"""
    with picked as (
        select o.id from payments.operations as o
        where ((o.state = 'due' and o.due_at <= :at) or 
               (o.state = 'running' and o.claimed_until < :at))
          and o.kind = any(:kinds)
          and not exists (
              select 1 from payments.operations as other
              where other.subject_id = o.subject_id and other.id <> o.id
                and (other.state = 'running'
                     or (other.state = 'due' and (other.in_doubt or other.due_at <= :at)
                         and (not other.in_doubt, other.id) < (not o.in_doubt, o.id))))
        order by o.due_at limit :most for update skip locked
    )
    update payments.operations as o
    set state = 'running', claimed_until = :until, tries = o.tries + 1, in_doubt = true,
        first_sent_at = coalesce(o.first_sent_at, :at),
        params = {_CLAIMED_PARAMS}
    from picked where picked.id = o.id
    returning o.id, o.subject_id, o.kind, o.attempt, o.idempotency_key, o.params::text, o.tries,
        o.first_sent_at, o.request_context::text
    """  # noqa: S608  # nosec B608 # names of ours; values are bound
).bindparams(bindparam("kinds", type_=ARRAY(String))))  # fmt: skip


async def claim(database: Database, most: int) -> list[Operation]:
    """Takes up to `most` due steps, each of another booking, for the length of the lease."""
    at = now()
    rows = await database.autocommit(_CLAIM, at=at, until=at + LEASE, most=most, kinds=KNOWN_KINDS)
    return [operation_from(row) for row in rows]


def _fenced(*columns: str, **values: Any) -> Query:
    """Writes `columns`, and these fixed `values`, of a step that this worker still holds: another
    may have taken it over when the lease expired.
    """
    return Query(
        update(operations)
        .where(operations.c.id == bindparam("step"), operations.c.state == StepState.RUNNING)
        .where(operations.c.tries == bindparam("claim"))
        .values({column: bindparam(column) for column in columns} | values)
        .returning(operations.c.id)
    )


_FINISH = _fenced(
    "state", "stripe_id", "last_error", "finished_at", in_doubt=False, claimed_until=None
)
_KEEP_PARAMS = _fenced("params")
_RESCHEDULE = _fenced("in_doubt", "due_at", "last_error", state=StepState.DUE, claimed_until=None)


async def _write(db: Transaction, query: Query, operation: Operation, **values: Any) -> bool:
    """False when another worker has taken the step over meanwhile."""
    return bool(await db(query, step=operation.id, claim=operation.tries, **values))


async def finish(
    db: Transaction,
    operation: Operation,
    state: StepState,
    *,
    stripe_id: str | None = None,
    error: str | None = None,
) -> bool:
    """Writes the step's outcome. False if another worker has taken the step over: then nothing may
    be recorded.
    """
    return await _write(
        db,
        _FINISH,
        operation,
        state=state,
        stripe_id=stripe_id,
        last_error=error,
        finished_at=now(),
    )


async def keep_params(db: Transaction, operation: Operation, params: dict[str, Any]) -> bool:
    """Writes what will be sent with the step's key, before it is sent. False as in `finish`."""
    encoded = msgspec.json.encode(params).decode()
    return await _write(db, _KEEP_PARAMS, operation, params=encoded)


async def reschedule(
    db: Transaction, operation: Operation, seconds: float, error: str, *, in_doubt: bool
) -> None:
    """Makes the step due again `seconds` later, with the same key."""
    due_at = now() + timedelta(seconds=seconds)
    await _write(
        db, _RESCHEDULE, operation, in_doubt=in_doubt, due_at=due_at, last_error=error[:500]
    )
