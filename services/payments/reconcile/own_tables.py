"""Differences within our own tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.payments.reconcile.queries import consistency
from shared.currencies import CURRENCIES
from shared.db import Reader


class Difference(NamedTuple):
    """A difference: its subject (a booking, an event), a description, and the command that repairs
    it.
    """

    subject: str
    what: str
    repair: str


def repair_of(booking_id: object) -> str:
    """The command that brings one booking back in line with Stripe."""
    return f"make reconcile ARGS='repair {booking_id}'"


LOOK = "look at it in Stripe's Dashboard; there is no safe automatic repair"

BLOCKED = "ask the consultant to complete or replace the payout account"
OWED = "the seeker can save another card or confirm with their bank; it is charged then"
REPLAY = "make dead-letters ARGS='list', and replay booking's event before the hold lapses"
WRITE_OFF = "a card cannot be charged so little; write it off: "

# How long after the end of a session booking's decision may be missing; usually it takes minutes.
UNDECIDED_FOR = timedelta(days=1)


async def debts(reader: Reader, at: datetime) -> list[Difference]:
    """What seekers owe because their cards were declined, and what consultants cannot be paid.
    These are not differences, but operators should know about them.
    """
    found = []
    for debt in await consistency.debts(reader):
        currency = CURRENCIES[debt.currency]
        what = f"the seeker owes {currency.text(debt.amount)}: {debt.failure}"
        too_little = debt.amount < currency.minimum
        repair = WRITE_OFF + repair_of(debt.booking_id) if too_little else OWED
        found.append(Difference(debt.booking_id, what, repair))
    for payout in await consistency.blocked_payouts(reader, at):
        found.append(Difference(payout.subject, payout.what, BLOCKED))
    return found


async def of_bookings(reader: Reader, bookings: list[UUID]) -> list[Difference]:
    """Differences between payment, payout and ledger of these bookings."""
    return [
        Difference(one.subject, one.what, repair_of(one.subject))
        for one in await consistency.contradictions(reader, bookings)
    ]


async def differences(reader: Reader, since: datetime, at: datetime) -> list[Difference]:
    """Errors that do not depend on Stripe, at the current time `at`: postings from `since` on that
    do not balance, undecided and stuck payments, failed steps.
    """
    found: list[Difference] = []
    while since < at:  # a day in a statement; the entries of a posting have one instant
        until = min(since + timedelta(days=1), at)
        postings = await consistency.unbalanced_postings(reader, since, until)
        found += [Difference(one.subject, one.what, LOOK) for one in postings]
        since = until
    for one in await consistency.undecided_payments(reader, at - UNDECIDED_FOR, at):
        found.append(Difference(one.subject, one.what, REPLAY))
    stuck = await consistency.stuck_payments(reader, at)
    failing = await consistency.failing_steps(reader)
    found += [
        Difference(one.subject, one.what, repair_of(one.subject)) for one in (*stuck, *failing)
    ]
    for one in await consistency.failed_events(reader):
        repair = f"make stripe-events ARGS='replay {one.subject}'"
        found.append(Difference(one.subject, one.what, repair))
    return found
