"""The ledger refuses every change of an entry, and entries that do not balance."""

from __future__ import annotations

import asyncpg
import pytest

from services.payments.tests.actors import Booking, Payments


async def test_ledger_is_append_only_and_balances(payments: Payments, booking: Booking) -> None:
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    own = await asyncpg.connect(payments.harness.database.url)
    try:
        assert await own.fetchval("select count(*) from ledger_entries") == 8
        for statement in (
            "update ledger_entries set amount = amount + 1",
            "delete from ledger_entries",
            "truncate ledger_entries",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await own.execute(statement)
        with pytest.raises(asyncpg.CheckViolationError):
            await own.execute(
                "insert into ledger_entries (posting_id, kind, stripe_object, booking_id, "
                "account, amount, currency, at)"
                " select gen_random_uuid(), 'refund', 're_1', $1, 'seeker', 5, 'usd', now()",
                booking.id,
            )
    finally:
        await own.close()
