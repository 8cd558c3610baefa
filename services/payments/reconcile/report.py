"""The complete comparison: for the command, and as a daily job that logs its findings.

The job runs in one replica, and in a separate process: a hundred thousand payments take a minute of
CPU, which must not delay requests.
"""

from __future__ import annotations

import asyncio
import gc
import math
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import Any, NamedTuple

from services.payments.metrics import DEBTS, DIFFERENCES, RECONCILED
from services.payments.reconcile import own_tables, stripe_objects
from services.payments.reconcile.own_tables import Difference
from services.payments.settings import PaymentsSettings
from services.payments.stripe_api import StripeProblem, connect
from services.payments.webhook.context import StripeContext
from shared.clock import now
from shared.db import Database
from shared.ids import new_id
from shared.leases import acquire
from shared.telemetry import log

AFTER_START = timedelta(minutes=10)
# The lease is longer than a day, so that the replica that holds it goes on comparing: the others
# have nothing to export.
EVERY, LEASE, AFTER_TROUBLE = timedelta(days=1), timedelta(hours=25), timedelta(minutes=5)
DAYS = 35  # a hold lasts seven days; disputes and late refunds come within weeks
NICENESS = 10
POOL_SIZE = 2  # of a process that compares
TIMEOUT = timedelta(hours=1)


class Report(NamedTuple):
    """The findings. `trouble` is why Stripe could not be queried."""

    differences: list[Difference]
    debts: list[Difference]
    trouble: str | None = None


async def compare(
    context: StripeContext, days: int = DAYS, at: datetime | None = None
) -> list[Difference]:
    """Every difference, ours first."""
    database, present = context.database, at or now()
    since = present - timedelta(days=days)
    return [
        *await own_tables.differences(database.reader, since, present),
        *await stripe_objects.differences(database, context.stripe, days, present),
    ]


def compare_in_process(settings: PaymentsSettings, at: datetime) -> Report:
    """`compare` and the debts, in a separate process."""
    os.nice(NICENESS)
    gc.disable()  # there are no cycles, and looking for them is a quarter of the work
    return asyncio.run(_compare(settings, at))


async def _compare(settings: PaymentsSettings, at: datetime) -> Report:
    database = Database(settings.database_url, pool_size=POOL_SIZE, name="payments-reconcile")
    stripe = connect(settings)
    try:
        found = await compare(StripeContext(database, stripe, timedelta()), at=at)
        return Report(found, await own_tables.debts(database.reader, at))
    except StripeProblem as problem:
        return Report([], [], str(problem))
    finally:
        await stripe.close()
        await database.close()


class DailyReconciliation:
    """The job `reconcile`: first some minutes after the start, when interrupted work has been
    resumed, then daily, in one of the replicas.
    """

    def __init__(self, database: Database, settings: PaymentsSettings) -> None:
        self._database, self._settings = database, settings
        self._holder, self._due = new_id(), now() + AFTER_START
        # its age counts from the start, so it also increases if no comparison ever succeeds
        RECONCILED.set_to_current_time()

    async def work(self) -> bool:
        """Job: logs every difference as an error, with the command that repairs it. False: never
        more at once.
        """
        if now() < self._due:
            return False
        if not await self._acquire_lease(LEASE):
            _clear()
            return False
        self._due = now() + EVERY
        report = await _in_a_process(self._settings)
        if report.trouble is not None:
            log.warning("cannot reconcile", reason=report.trouble)
            self._due = now() + AFTER_TROUBLE
            await self._acquire_lease(AFTER_TROUBLE)
            return False
        _publish(report)
        return False

    async def _acquire_lease(self, lasts: timedelta) -> bool:
        return await acquire(self._database.autocommit, "reconcile", self._holder, lasts)


async def _in_a_process(settings: PaymentsSettings) -> Report:
    """Runs `compare_in_process` in a child process, which never outlives this call. Raises
    TimeoutError if the process died or takes too long.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Report] = loop.create_future()

    def finish(settle: Callable[[Any], None], outcome: Any) -> None:
        loop.call_soon_threadsafe(lambda: None if done.done() else settle(outcome))

    with get_context("spawn").Pool(1) as pool:
        pool.apply_async(
            compare_in_process,
            (settings, now()),
            callback=lambda report: finish(done.set_result, report),
            error_callback=lambda error: finish(done.set_exception, error),
        )
        async with asyncio.timeout(TIMEOUT.total_seconds()):
            return await done


def _clear() -> None:
    """No findings rather than outdated ones: another replica compares now."""
    DIFFERENCES.set(math.nan)
    DEBTS.set(math.nan)


def _publish(report: Report) -> None:
    DIFFERENCES.set(len(report.differences))
    DEBTS.set(len(report.debts))
    RECONCILED.set_to_current_time()
    for one in report.differences:
        log.error("reconciliation", subject=one.subject, difference=one.what, repair=one.repair)
    for one in report.debts:
        log.warning("debts and blocked payouts", subject=one.subject, what=one.what)
    log.info("reconciled", differences=len(report.differences), debts=len(report.debts))
