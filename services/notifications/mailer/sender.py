"""Claims due mails, decides at the last moment whether to send them, and sends them.

A mail is claimed with a lease, sent with a constant Message-ID, and marked. If the process dies
between the server's 250 response and the mark, or the response is lost, the mail is sent twice;
this is the only such case. On shutdown a process finishes the mails it is sending and releases the
others.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from services.notifications import signals
from services.notifications.domain.kinds import MAILED
from services.notifications.domain.model import Mail
from services.notifications.mail.composition import Branding, compose_mail
from services.notifications.mailer.decision import Outgoing, decide
from services.notifications.mailer.smtp import Connection, Refused, Server
from services.notifications.metrics import MAILS
from services.notifications.store import mails
from shared.clock import now
from shared.database_errors import is_database_unavailable
from shared.db import Database
from shared.tasks import cancel_and_wait
from shared.telemetry import log

# How often the job looks for due mails, in seconds, unless it is woken.
EVERY = 5.0
BATCH = 20
CONNECTIONS = 4
# Pause between two mails on a connection. A mail costs 15 ms of CPU: without a pause, a burst would
# delay the live streams.
PACE_SECONDS = 0.2
# Longer than a batch takes if the server responds to none of its mails.
LEASE = timedelta(seconds=150)
# How long a process waits for the server's responses during shutdown.
LEAVE_SECONDS = 10.0
# Pauses in seconds after each attempt that failed for now; the last one is repeated.
PAUSES = (2, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600)

# Initialised at startup: Prometheus sees no increase in a series that starts above zero.
for _kind in MAILED:
    for _outcome in ("sent", "failed", "expired", "void", "deferred", "error"):
        MAILS.labels(_kind, _outcome)


class Sender:
    """Sends mails in this process. Without a server, mails are stored but not sent."""

    def __init__(self, database: Database, branding: Branding, server: Server | None) -> None:
        self._database = database
        self._branding = branding
        self._server = server
        self._has_complained = False
        self._leaving = asyncio.Event()
        self._batch: asyncio.Task[bool] | None = None

    async def work(self) -> bool:
        """Job: sends one batch. Returns whether more is due. Cancelling the job does not cancel the
        batch, because a mail that the server has just accepted must be marked. Use `close` for
        that.
        """
        if self._server is None:
            if not self._has_complained:
                self._has_complained = True
                log.warning("mails are kept and not sent: SMTP_URL is not set")
            return False
        self._batch = asyncio.create_task(self._send_batch(self._server))
        return await asyncio.shield(self._batch)

    async def close(self) -> None:
        """Finishes the mails being sent, within LEAVE_SECONDS; other processes can send the rest at
        once.
        """
        self._leaving.set()
        if self._batch is not None and not self._batch.done():
            await asyncio.wait({self._batch}, timeout=LEAVE_SECONDS)
            await cancel_and_wait(self._batch)

    async def _send_batch(self, server: Server) -> bool:
        claimed = await mails.claim(self._database.autocommit, BATCH, LEASE)
        if not claimed:
            return False
        # A reader's mails are sent one after the other, in order.
        shares: list[list[Mail]] = [[] for _ in range(CONNECTIONS)]
        for mail in claimed:
            shares[hash(mail.user_id) % CONNECTIONS].append(mail)
        sending = (self._send_all(share, server) for share in shares if share)
        # Each ends on its own, whatever becomes of the others.
        for ended in await asyncio.gather(*sending, return_exceptions=True):
            if ended is not None:
                raise ended
        return len(claimed) == BATCH

    async def _send_all(self, claimed: Sequence[Mail], server: Server) -> None:
        connection = Connection(server)
        try:
            for number, mail in enumerate(claimed):
                if number:
                    await self._pause()
                if self._leaving.is_set():
                    await self._give_back(claimed[number:])
                    return
                if mail.leased_until - now() < LEASE / 4:
                    return  # the lease expires and it is sent again later
                try:
                    await self._send(connection, mail)
                except Exception as error:
                    if is_database_unavailable(error):
                        raise
                    await connection.close()
                    await self._defer_broken(mail, error)
        finally:
            await connection.close()

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PACE_SECONDS):
                await self._leaving.wait()

    async def _give_back(self, claimed: Sequence[Mail]) -> None:
        for mail in claimed:
            untried = mails.Deferred(mail.due_at, mail.attempts - 1, mail.last_error)
            await mails.settle(self._database.autocommit, mail, untried)

    async def _defer_broken(self, mail: Mail, error: Exception) -> None:
        """Defers a mail that cannot be made or handed over because of a fault of ours: those
        behind it are sent, and so is this one if the fault is mended before it is given up.
        """
        log.error("mail broke off", mail_id=str(mail.id), kind=mail.kind, exc_info=error)
        deferred = mails.Deferred(retry_at(mail), mail.attempts, type(error).__name__)
        await self._settle(mail, deferred, "error")

    async def _send(self, connection: Connection, mail: Mail) -> None:
        decided = await decide(self._database.autocommit, mail)
        if isinstance(decided, Outgoing):
            decided = await self._hand_over(connection, mail, decided)
        outcome = decided.state if isinstance(decided, mails.Ended) else "deferred"
        await self._settle(mail, decided, outcome)

    async def _settle(
        self, mail: Mail, decided: mails.Ended | mails.Deferred, outcome: str
    ) -> None:
        await mails.settle(self._database.autocommit, mail, decided)
        if isinstance(decided, mails.Deferred):
            wake_when_due(decided)
        MAILS.labels(mail.kind, outcome).inc()

    async def _hand_over(
        self, connection: Connection, mail: Mail, outgoing: Outgoing
    ) -> mails.Ended | mails.Deferred:
        message = compose_mail(
            self._branding,
            mail.id,
            outgoing.kind,
            outgoing.facts,
            outgoing.to,
            outgoing.other,
            mail.booking_id,
        )
        try:
            await connection.send(message, self._branding.address, outgoing.to.address)
        except Refused as refused:
            return after_refusal(mail, refused)
        return mails.Ended("sent")


def wake_when_due(deferred: mails.Deferred) -> None:
    """Wakes the job for a mail that is due again before it would look for mails by itself."""
    seconds = (deferred.due_at - now()).total_seconds()
    if seconds < EVERY:
        signals.mails_due.wake_later(seconds)


def after_refusal(mail: Mail, refused: Refused) -> mails.Ended | mails.Deferred:
    """The outcome for a mail that the server refused."""
    if refused.for_good:
        log.error("mail refused for good", mail_id=str(mail.id), reason=refused.reason)
        return mails.Ended("failed", refused.reason)
    log.warning("mail refused for now", mail_id=str(mail.id), reason=refused.reason)
    return mails.Deferred(retry_at(mail), mail.attempts, refused.reason)


def retry_at(mail: Mail) -> datetime:
    """When a mail is tried again whose attempt has just failed."""
    pause = PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    return now() + timedelta(seconds=pause * random.uniform(0.8, 1.2))  # noqa: S311 # nosec B311
