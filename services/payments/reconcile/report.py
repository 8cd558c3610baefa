"""The whole comparison: for the command, and as a daily job that logs what it finds."""

from __future__ import annotations

from datetime import timedelta

from services.payments.metrics import DEBTS, DIFFERENCES, RECONCILED
from services.payments.reconcile import ours, theirs
from services.payments.reconcile.ours import Difference
from services.payments.stripe_api import StripeProblem
from services.payments.webhook.handlers import Context
from shared.clock import now
from shared.telemetry import log

AFTER_START = timedelta(minutes=10)
DAYS = 35  # a hold lives seven days; a dispute or a late refund comes within weeks


async def compare(context: Context, days: int = DAYS) -> list[Difference]:
    """Every difference, ours first."""
    reader = context.database.reader
    return [
        *await ours.differences(reader),
        *await theirs.differences(reader, context.stripe, days),
    ]


class Daily:
    """The job `reconcile`: first some minutes after the start, when what was interrupted has been
    taken up again, then daily.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._due = now() + AFTER_START
        # its age counts from the start: one that never succeeds grows old, too
        RECONCILED.set_to_current_time()

    async def work(self) -> bool:
        """Job: logs every difference as an error, with the command that repairs it. False: never
        more at once.
        """
        if now() < self._due:
            return False
        self._due = now() + timedelta(days=1)
        try:
            found = await compare(self._context)
        except StripeProblem as problem:
            log.warning("cannot reconcile", reason=str(problem))
            return False
        owed = await ours.debts(self._context.database.reader)
        DIFFERENCES.set(len(found))
        DEBTS.set(len(owed))
        RECONCILED.set_to_current_time()
        for one in found:
            log.error("reconciliation", subject=one.subject, difference=one.what, repair=one.repair)
        for one in owed:
            log.warning("owed and not paid", subject=one.subject, what=one.what)
        log.info("reconciled", differences=len(found), debts=len(owed))
        return False
