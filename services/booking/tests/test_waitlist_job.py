"""The job that notifies seekers on waitlists: several replicas, and failing notifications."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.booking.jobs.waitlist import waitlist_job
from services.booking.store import waitlist
from services.booking.tests.conftest import Market
from services.booking.tests.test_waitlist import DAY, HOUR, notified, wait
from shared.events import WaitlistTimeFreed
from shared.problems import Problem

pytestmark = pytest.mark.usefixtures("known_consultant")


async def test_whole_batch_that_cannot_be_notified_holds_up_nobody_else(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.booking.jobs.waitlist.BATCH", 1)
    jobs = [waitlist_job(market.harness.app.state.settings, market.harness.database)]
    monkeypatch.setattr(market.harness.service, "jobs", jobs)
    first, second = market.someone("seeker"), market.someone("seeker")
    await wait(market, first, 2 * DAY, 3 * DAY)
    await wait(market, second, 4 * DAY, 5 * DAY)
    await market.slot(2 * DAY + HOUR)
    slot = await market.slot(4 * DAY + HOUR)
    claim = waitlist.claim_turn

    async def fail_for_the_first(db: Any, slot_id: Any, *more: Any) -> Any:
        if str(slot_id) != slot["id"]:
            raise Problem("broken")
        return await claim(db, slot_id, *more)

    monkeypatch.setattr(waitlist, "claim_turn", fail_for_the_first)
    assert await notified(market) == [(second.id, slot["id"])]


async def test_two_replicas_notify_once(market: Market) -> None:
    await wait(market, market.seeker)
    await market.slot()
    await asyncio.gather(*(market.run_job("notify-waitlist") for _ in range(4)))
    assert len(await market.harness.emitted(WaitlistTimeFreed)) == 1
