"""The effects of charges, refunds and disputes on our balance at Stripe, in the currency in which
they settled.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec

from services.payments.domain.model import Settlement
from services.payments.stripe_api.client import PATIENT, Stripe, listed, raw
from services.payments.stripe_api.outcomes import call


def settlement_of(transaction: Any) -> Settlement | None:
    """The Settlement of a balance transaction in plain JSON; None if it was not expanded or does
    not exist yet.
    """
    if not isinstance(transaction, dict):
        return None
    return Settlement(
        amount=transaction["amount"], currency=transaction["currency"], fee=transaction["fee"]
    )


class Transaction(msgspec.Struct, frozen=True):
    """A balance transaction: `net` is the change of our balance, `source` the object that caused
    it.
    """

    id: str
    net: int
    currency: str
    type: str
    source: str | None
    created: int


def _transaction(data: dict[str, Any]) -> Transaction:
    source = data.get("source")
    return Transaction(
        data["id"],
        data["net"],
        data["currency"],
        data["type"],
        source["id"] if isinstance(source, dict) else source,
        data["created"],
    )


async def transactions_between(
    stripe: Stripe, since: datetime, until: datetime | None
) -> AsyncIterator[Transaction]:
    """All balance transactions in [since, until) (None: until now), newest first."""
    async for one in listed(stripe, "/v1/balance_transactions", {}, since, until):
        yield _transaction(one)


async def transactions_of(stripe: Stripe, source: str) -> list[Transaction]:
    """The balance transactions that one object has caused."""
    params = {"source": source, "limit": 100}
    async with call("list_transactions"):
        page = await raw(stripe, "get", "/v1/balance_transactions", params, retries=PATIENT)
    return [_transaction(one) for one in page["data"]]


async def origin_of(stripe: Stripe, transaction_id: str) -> dict[str, Any]:
    """The object that has caused a balance transaction, as far as Stripe shows it."""
    path = f"/v1/balance_transactions/{transaction_id}"
    async with call("read_transaction"):
        found = await raw(stripe, "get", path, {"expand": ["source"]}, retries=PATIENT)
    source = found.get("source")
    return source if isinstance(source, dict) else {}


async def balance(stripe: Stripe) -> dict[str, int]:
    """Our balance by currency, available and pending."""
    async with call("read_balance"):
        found = await raw(stripe, "get", "/v1/balance", {}, retries=PATIENT)
    sums: dict[str, int] = {}
    for row in (*found["available"], *found["pending"]):
        sums[row["currency"]] = sums.get(row["currency"], 0) + row["amount"]
    return {currency: amount for currency, amount in sums.items() if amount}
