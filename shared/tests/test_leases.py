"""A lease has one holder at a time."""

from __future__ import annotations

from datetime import timedelta

from shared.db import Database
from shared.ids import new_id
from shared.leases import acquire

HOUR = timedelta(hours=1)


async def test_lease_is_renewed_by_its_holder_alone_until_it_expires(booking: Database) -> None:
    run, name, holder, other = booking.autocommit, f"test-{new_id()}", new_id(), new_id()
    assert await acquire(run, name, holder, HOUR)
    assert await acquire(run, name, holder, HOUR)
    assert not await acquire(run, name, other, HOUR)
    assert await acquire(run, name, holder, -HOUR)  # has expired
    assert await acquire(run, name, other, HOUR)
    assert not await acquire(run, name, holder, HOUR)


async def test_leases_of_different_names_are_independent(booking: Database) -> None:
    run, holder, other = booking.autocommit, new_id(), new_id()
    assert await acquire(run, f"one-{holder}", holder, HOUR)
    assert await acquire(run, f"two-{holder}", other, HOUR)
