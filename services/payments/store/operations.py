"""The rows of the saga: planned in the transaction that decides them, dropped, or made due sooner.
`claims.py` claims, reschedules and finishes them.

A step that can be sent at once is claimed by the statement that plans it, and handed to this
process's worker after the commit, so that no second claim is needed. If the process dies in
between, the lease expires and any worker claims the step.

The idempotency key is stored before the call, so after a crash at any moment the same call is made
again and Stripe repeats its first answer. Of one booking one step runs at a time, and while one is
in doubt no other starts.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import String, any_, bindparam, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.payments.domain.model import PayoutStatus
from services.payments.domain.operations import ON_A_CARD, SEVERAL, Operation, StepKind, StepState
from services.payments.signals import steps_due
from services.payments.store.handover import handover
from services.payments.tables import operations, payouts
from shared.clock import now
from shared.db import Query, Transaction
from shared.ids import new_id
from shared.telemetry import request_context

LEASE = timedelta(seconds=60)
FIRST_PAUSE, MAX_PAUSE = 0.5, 300.0


def params_with_card(params: str, kind: str, condition: str) -> str:
    """SQL: the parameters of a step; if its kind needs a card and `condition` holds, with the
    seeker's customer and the card on file.
    """
    kinds = ", ".join(f"'{one}'" for one in ON_A_CARD)
    return f"""
        case when {condition} and {kind} in ({kinds})
            then {params} || coalesce(
                (select jsonb_strip_nulls(jsonb_build_object(
                     'customer', cu.customer_id, 'payment_method', ca.payment_method_id))
                 from payments.customers as cu
                 left join payments.cards as ca on ca.user_id = cu.user_id and ca.removed_at is null
                 where cu.user_id = cast({params} ->> 'seeker_id' as uuid)), '{{}}')
            else {params} end
    """  # noqa: S608  # nosec B608 # names of ours


def operation_from(row: Mapping[str, Any]) -> Operation:
    """The Operation of a row, whose JSON is text."""
    values = {name: row[name] for name in Operation.__struct_fields__}
    values["kind"] = StepKind(values["kind"])
    for name in ("params", "request_context"):
        values[name] = msgspec.json.decode(values[name] or "null")
    return Operation(**values)


_PLANNED_PARAMS = params_with_card("cast(:params as jsonb)", "cast(:kind as text)", "c.claimed")
_PLAN = Query(text(
    f"""
    with dropped as (
        update payments.operations set state = 'dropped', finished_at = :at
        where subject_id = :subject and kind = any(:instead_of)
            and state in ('due', 'waiting') and not in_doubt
        returning id
    )
    insert into payments.operations
        (id, subject_id, kind, attempt, idempotency_key, state, params, due_at,
         request_context, created_at,
         claimed_until, tries, in_doubt, first_sent_at)
    select cast(:id as uuid), cast(:subject as uuid), cast(:kind as text), n.attempt,
           cast(:prefix as text) || n.attempt,
           case when c.claimed then 'running' else cast(:state as text) end,
           {_PLANNED_PARAMS},
           cast(:due_at as timestamptz), cast(:request_context as jsonb),
           cast(:at as timestamptz),
           case when c.claimed then cast(:until as timestamptz) end,
           case when c.claimed then 1 else 0 end, c.claimed,
           case when c.claimed then cast(:at as timestamptz) end
    from (select coalesce(max(o.attempt) filter (where o.kind = cast(:kind as text)), 0)
                 + 1 as attempt,
                 coalesce(bool_or(o.open and o.kind = cast(:kind as text)), false) as open,
                 coalesce(bool_or(o.open), false) as busy
          from (select kind, attempt, state in ('due', 'running', 'waiting')
                    and id not in (select id from dropped) as open
                from payments.operations where subject_id = cast(:subject as uuid)) as o) as n,
         lateral (select cast(:claim as boolean) and not n.busy as claimed) as c
    where cast(:several as boolean) or not n.open
    returning id, subject_id, kind, attempt, idempotency_key, params::text, tries, first_sent_at,
        request_context::text, state
    """  # noqa: S608  # nosec B608 # names of ours; values are bound
).bindparams(bindparam("instead_of", type_=ARRAY(String))))  # fmt: skip


async def plan(
    db: Transaction,
    kind: StepKind,
    subject_id: UUID,
    params: dict[str, Any],
    *,
    due_at: datetime | None = None,
    waiting: bool = False,
    instead_of: Sequence[StepKind] = (),
) -> bool:
    """Adds the next attempt of a step, unless one of its kind is open; returns whether it was
    added. Steps of the kinds in `instead_of` that were never sent are dropped. If no other step of
    the booking is open and the worker has room, it is claimed too; otherwise the worker is woken
    after the commit. The caller has locked the payment's row, so that nothing else is planned for
    it.
    """
    at, current, at_once = now(), request_context.get(), due_at is None and not waiting
    subject = "user" if kind == StepKind.DETACH else "booking"
    added = await db(
        _PLAN,
        id=new_id(),
        subject=subject_id,
        kind=kind,
        instead_of=instead_of,
        prefix=f"{subject}:{subject_id}:{kind}:",
        state=StepState.WAITING if waiting else StepState.DUE,
        params=msgspec.json.encode(params).decode(),
        due_at=due_at or at,
        request_context=msgspec.json.encode(current).decode(),
        at=at,
        several=kind in SEVERAL,
        # A seeker's own steps are planned under no payment's lock.
        claim=at_once and kind != StepKind.DETACH and handover.has_room(),
        until=at + LEASE,
    )
    if added and added[0]["state"] == StepState.RUNNING:
        operation = operation_from(added[0])
        db.after_commit(lambda: handover(operation))
    elif at_once:
        db.after_commit(steps_due.wake)
    return bool(added)


_DROP_UNSENT = Query(
    update(operations)
    .where(operations.c.subject_id == bindparam("subject"))
    .where(operations.c.kind == any_(bindparam("kinds", type_=ARRAY(String))))
    .where(operations.c.state.in_((literal(StepState.DUE), literal(StepState.WAITING))))
    .where(operations.c.in_doubt.is_(False))
    .values(state=StepState.DROPPED, finished_at=bindparam("finished_at"))
    .returning(operations.c.id)
)


async def drop_unsent(db: Transaction, subject_id: UUID, *kinds: StepKind) -> int:
    """Drops steps that were never sent; returns their number."""
    dropped = await db(_DROP_UNSENT, subject=subject_id, kinds=kinds, finished_at=now())
    return len(dropped)


async def hasten_renewals(db: Transaction, seeker_id: UUID, payment_method_id: str) -> None:
    """Makes the renewals of the seeker's holds that failed before due now, except those for which
    this card was declined.
    """
    hastened = await db.execute(
        update(operations)
        .where(operations.c.kind == StepKind.RENEW, operations.c.state == StepState.DUE)
        .where(operations.c.in_doubt.is_(False), operations.c.params["retry"].as_boolean())
        .where(operations.c.params["seeker_id"].as_string() == str(seeker_id))
        .where(operations.c.params["declined"].as_string().is_distinct_from(payment_method_id))
        .values(due_at=now())
    )
    if hastened.rowcount:
        db.after_commit(steps_due.wake)


async def hasten(db: Transaction, subject_id: UUID, kind: StepKind) -> None:
    """Makes a step that is to be tried again due now."""
    hastened = await db.execute(
        update(operations)
        .where(operations.c.subject_id == subject_id, operations.c.kind == kind)
        .where(operations.c.state == StepState.DUE)
        .values(due_at=now())
    )
    if hastened.rowcount:
        db.after_commit(steps_due.wake)


def pause_after(tries: int) -> float:
    """Seconds until the next try: doubling, at most five minutes, with a fifth of jitter."""
    pause: float = min(FIRST_PAUSE * 2 ** min(max(tries - 1, 0), 20), MAX_PAUSE)
    return pause * random.uniform(0.9, 1.1)  # noqa: S311  # nosec B311 # jitter


async def make_transfers_due(db: Transaction, consultant_id: UUID, account_id: str) -> bool:
    """Makes the consultant's waiting transfers due, to this account, when their payout becomes
    available; whether there were any.
    """
    waiting = (
        select(operations.c.id, payouts.c.available_on)
        .join(payouts, payouts.c.booking_id == operations.c.subject_id)
        .where(payouts.c.consultant_id == consultant_id, payouts.c.status == PayoutStatus.PENDING)
        .where(operations.c.kind == StepKind.TRANSFER, operations.c.state == StepState.WAITING)
    ).subquery()
    woken = await db.execute(
        update(operations)
        # Checked again on the row itself: a refund may have dropped the step meanwhile.
        .where(operations.c.id == waiting.c.id, operations.c.state == StepState.WAITING)
        .values(
            state=StepState.DUE,
            due_at=waiting.c.available_on,
            params=operations.c.params.op("||")({"destination": account_id}),
        )
    )
    return woken.rowcount > 0
