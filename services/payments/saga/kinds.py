"""The definition of a kind of step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from services.payments.domain.model import Payment
from services.payments.domain.operations import Operation
from services.payments.stripe_api import Declined, Refused, Stripe
from shared.db import Transaction

Record = Callable[[Transaction, Operation, Payment, Any], Awaitable[None]]


class Kind(NamedTuple):
    """One kind of step. `send` calls Stripe, `find` searches Stripe for what the step did (None:
    nothing), and the others record an outcome in the given transaction, in which the payment is
    locked. A decline of a kind without `decline` is recorded by `refuse`, with the bank's code.
    """

    send: Callable[[Stripe, Operation], Awaitable[Any]]
    find: Callable[[Stripe, Operation], Awaitable[Any | None]]
    succeed: Record
    refuse: Callable[[Transaction, Operation, Payment, Refused], Awaitable[None]]
    decline: Callable[[Transaction, Operation, Payment, Declined], Awaitable[None]] | None = None
