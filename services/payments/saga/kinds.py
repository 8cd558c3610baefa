"""The definition of a kind of step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, NamedTuple, TypeVar

from services.payments.domain.model import Payment
from services.payments.domain.operations import Operation
from services.payments.store import payments as payments_store
from services.payments.stripe_api import Declined, Refused, Stripe
from shared.db import Transaction

Locked = TypeVar("Locked")
Answer = TypeVar("Answer")


class Kind(NamedTuple, Generic[Locked, Answer]):
    """One kind of step. `send` calls Stripe, `find` searches Stripe for what the step did (None:
    nothing), and the others record an outcome in the given transaction, with what `lock` has locked
    in it. A decline of a kind without `decline` is recorded by `refuse`, with the bank's code.
    """

    lock: Callable[[Transaction, Operation], Awaitable[Locked]]
    send: Callable[[Stripe, Operation], Awaitable[Answer]]
    find: Callable[[Stripe, Operation], Awaitable[Answer | None]]
    succeed: Callable[[Transaction, Operation, Locked, Answer], Awaitable[None]]
    refuse: Callable[[Transaction, Operation, Locked, Refused], Awaitable[None]]
    decline: Callable[[Transaction, Operation, Locked, Declined], Awaitable[None]] | None = None


async def payment_of(db: Transaction, operation: Operation) -> Payment:
    """The payment of a booking's step, locked before the step itself, as everywhere."""
    return await payments_store.get_existing(db, operation.subject_id)
