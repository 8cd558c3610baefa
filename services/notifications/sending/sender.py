"""Takes mails that are due, decides at the last moment whether they still are, and sends them.

A mail is claimed with a lease, sent with an id that is always the same, and marked. Dying between
the server's 250 and the mark, or losing that answer, is the one case in which it goes out twice.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.commands.messages import unread
from services.notifications.commands.telling import person
from services.notifications.domain.kinds import MAILED, Due, Kind
from services.notifications.mail.letters import Addressee, House, Undeliverable, letter
from services.notifications.mail.words import Facts
from services.notifications.sending.smtp import Connection, Refused, Server
from services.notifications.store import bookings, mails, preferences, users
from shared.clock import now
from shared.db import Database
from shared.metrics import MAILS
from shared.telemetry import log

BATCH = 20
CONNECTIONS = 4
# Between two mails of a connection. A mail costs 15 ms of CPU: without a pause, a burst
# would hold up what people see live.
PACE_SECONDS = 0.2
# Longer than a batch takes when the server answers none of its mails.
LEASE = timedelta(seconds=150)
# Pauses in seconds after each refusal for now; the last one is repeated.
PAUSES = (2, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600)
# What is told so soon after it happened is told in its order, whatever has happened since.
PROMPT = timedelta(minutes=2)
NOBODY_YET = timedelta(seconds=2)
# Of what can be switched off, a reader gets no more than this in an hour; the rest comes later.
MOST_PER_HOUR = 40
LATER = timedelta(minutes=10)


# Counted from the start: an increase from nothing is none to Prometheus.
for _kind in MAILED:
    for _outcome in ("sent", "failed", "expired", "void", "deferred"):
        MAILS.labels(_kind, _outcome)


class Settled(msgspec.Struct):
    """What is to become of a mail without sending it."""

    outcome: str
    values: dict[str, Any]


class Outgoing(msgspec.Struct):
    """A mail that is to be sent."""

    kind: Kind
    facts: Facts
    to: Addressee
    other: RowMapping | None


class Sender:
    """Sends for this process. Without a server mails are kept."""

    def __init__(self, database: Database, house: House, server: Server | None) -> None:
        self._database = database
        self._house = house
        self._server = server
        self._has_complained = False

    async def work(self) -> bool:
        """Job: sends one batch; whether more is due."""
        if self._server is None:
            if not self._has_complained:
                self._has_complained = True
                log.warning("mails are kept and not sent: SMTP_URL is not set")
            return False
        async with self._database.transaction() as db:
            claimed = await mails.claim(db, BATCH, LEASE)
        if not claimed:
            return False
        # A reader's mails go one after the other, in their order.
        shares: list[list[RowMapping]] = [[] for _ in range(CONNECTIONS)]
        for mail in claimed:
            shares[hash(mail["user_id"]) % CONNECTIONS].append(mail)
        await asyncio.gather(*(self._send_all(share, self._server) for share in shares if share))
        return len(claimed) == BATCH

    async def _send_all(self, claimed: Sequence[RowMapping], server: Server) -> None:
        connection = Connection(server)
        try:
            for number, mail in enumerate(claimed):
                if number:
                    await asyncio.sleep(PACE_SECONDS)
                if mail["leased_until"] - now() < LEASE / 4:
                    return  # it will be taken again: better late than twice
                await self._send(connection, mail)
        finally:
            await connection.close()

    async def _send(self, connection: Connection, mail: RowMapping) -> None:
        async with self._database.transaction() as db:
            ready = await prepare(db, mail)
            if isinstance(ready, Settled):
                await mails.settle(db, mail, **ready.values)
        if isinstance(ready, Settled):
            MAILS.labels(mail["kind"], ready.outcome).inc()
            return
        outcome, values = await self._hand_over(connection, mail, ready)
        async with self._database.transaction() as db:
            await mails.settle(db, mail, **values)
        MAILS.labels(mail["kind"], outcome).inc()

    async def _hand_over(
        self, connection: Connection, mail: RowMapping, ready: Outgoing
    ) -> tuple[str, dict[str, Any]]:
        to = ready.to
        try:
            message = letter(
                self._house,
                mail["id"],
                ready.kind,
                ready.facts,
                to,
                person(ready.other) if ready.other is not None else None,
                mail["booking_id"],
            )
            await connection.send(message, self._house.address, to.address)
        except Undeliverable as error:
            log.error("mail cannot be sent", mail_id=str(mail["id"]), reason=str(error))
            return "failed", mails.ended("failed", now(), str(error))
        except Refused as refused:
            return after_refusal(mail, refused)
        return "sent", mails.ended("sent", now())


def after_refusal(mail: RowMapping, refused: Refused) -> tuple[str, dict[str, Any]]:
    """What becomes of a mail that the server did not take."""
    if refused.for_good:
        log.error("mail refused for good", mail_id=str(mail["id"]), reason=refused.reason)
        return "failed", mails.ended("failed", now(), refused.reason)
    pause = PAUSES[min(mail["attempts"], len(PAUSES)) - 1]
    due_at = now() + timedelta(seconds=pause * random.uniform(0.8, 1.2))  # noqa: S311 # nosec B311
    log.warning("mail refused for now", mail_id=str(mail["id"]), reason=refused.reason)
    return "deferred", {"leased_until": None, "due_at": due_at, "last_error": refused.reason}


# ---- whether it still is to be sent


async def prepare(db: AsyncConnection, mail: RowMapping) -> Settled | Outgoing:
    """Looks at everything anew: the reader, what they want, and whether it is over."""
    kind = MAILED[mail["kind"]]
    if mail["give_up_at"] <= now():
        return Settled("expired", mails.ended("expired", now(), mail["last_error"]))
    facts = msgspec.convert(mail["context"], Facts, strict=False)
    ids = [mail["user_id"], *([facts.other_id] if facts.other_id is not None else [])]
    people = await users.by_id(db, ids)
    reader = people.get(mail["user_id"])
    address = mail["address"] or (reader["email"] if reader is not None else None)
    if reader is None or address is None:
        return _later(mail, NOBODY_YET)
    reason = await _void(db, mail, kind, facts, reader)
    if reason is not None:
        return Settled("void", mails.ended("void", now(), reason))
    if kind.category is not None:
        hour = now() - timedelta(hours=1)
        if await mails.sent_since(db, mail["user_id"], hour) >= MOST_PER_HOUR:
            return _later(mail, LATER)
    to = Addressee(mail["user_id"], address, person(reader), reader["unsubscribe_key"])
    other = people.get(facts.other_id) if facts.other_id is not None else None
    return Outgoing(kind, facts, to, other)


def _later(mail: RowMapping, pause: timedelta) -> Settled:
    values = {
        "leased_until": None,
        "due_at": now() + pause,
        "attempts": mail["attempts"] - 1,
    }
    return Settled("deferred", values)


async def _void(
    db: AsyncConnection, mail: RowMapping, kind: Kind, facts: Facts, reader: RowMapping
) -> str | None:
    """Why the mail is not to be sent any more, or None."""
    if not reader["is_active"] and not kind.money:
        return "account closed"
    if kind.category is not None:
        wanted = await preferences.get(db, mail["user_id"])
        if not wanted[kind.category]:
            return "switched off"
    if kind.due is Due.UNREAD:
        read = await bookings.read_up_to(db, mail["booking_id"], mail["user_id"])
        facts.messages = unread(facts.messages, read)
        if not facts.messages:
            return "read"
    instant = over_at(kind, facts)
    if instant is not None and instant <= now():
        return f"{kind.void.after} has passed"
    if mail["booking_id"] is None:
        return None
    booking = await bookings.get(db, mail["booking_id"])
    if booking is None or (kind.due is Due.AT_ONCE and mail["created_at"] > now() - PROMPT):
        return None
    return _over(kind, facts, booking)


def _over(kind: Kind, facts: Facts, booking: RowMapping) -> str | None:
    if booking["status"] in kind.void.statuses:
        return f"booking {booking['status']}"
    if kind.void.rated and booking["is_rated"]:
        return "rated"
    if kind.due is Due.REMINDERS and booking["scheduled_start"] != facts.start:
        return "moved"
    return None


def over_at(kind: Kind, facts: Facts) -> Any:
    """The instant of the mail's own facts at which it is about something over."""
    after = kind.void.after
    if after in ("start", "end"):
        return facts.start if after == "start" else facts.end
    event = msgspec.convert(facts.event, kind.event, strict=False) if after is not None else None
    if after == "deadline":
        return event.payment_deadline  # type: ignore[union-attr]
    return event.expires_at if after == "expires" else None  # type: ignore[union-attr]
