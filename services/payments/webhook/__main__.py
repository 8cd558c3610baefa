"""`python -m services.payments.webhook list [STATE] | show ID | replay ID… | replay failed`:
Stripe's events, for operators.
"""

from __future__ import annotations

import asyncio
import os
import sys

import msgspec

from services.payments.queries.stripe_events import body_of, events_in
from services.payments.store import stripe_events as stripe_events_store
from shared.db import Database, Reader
from shared.operators import operator_database

USAGE = (
    "usage: python -m services.payments.webhook"
    " list [pending|done|ignored|failed] | show ID | replay ID… | replay failed"
)
STATES = ("pending", "done", "ignored", "failed")


async def show_list(reader: Reader, state: str | None) -> int:
    """Prints what has not been handled, newest first, or the events in one state."""
    states = [state] if state else ["failed", "pending"]
    events = await events_in(reader, states)
    for event in events:
        at = event.received_at.isoformat(timespec="seconds")
        print(
            f"{event.event_id}  {event.state:<8} {event.tries:>3} tries  {at}  {event.type}  "
            f"{event.last_error or ''}"
        )
    if not events:
        print(f"No events that are {' or '.join(states)}.")
    return 0


async def show(reader: Reader, event_id: str) -> int:
    """Prints an event as Stripe sent it."""
    body = await body_of(reader, event_id)
    if body is None:
        print(f"There is no event {event_id}.")
        return 1
    print(msgspec.json.format(body, indent=2).decode())
    return 0


async def replay(database: Database, ids: list[str]) -> int:
    """Makes events pending again: the running service handles them at its next turn."""
    async with database.transaction() as db:
        if ids == ["failed"]:
            again = await stripe_events_store.make_failed_pending(db)
        else:
            again = await stripe_events_store.make_pending(db, ids)
    print(f"{again} to be handled again.")
    return 0 if again or ids == ["failed"] else 1


async def run(arguments: list[str]) -> int:
    """The exit status of the command; 2 for arguments that are none of ours."""
    if arguments in (["--help"], ["-h"]):
        print(USAGE)
        return 0
    if any(argument.startswith("-") for argument in arguments):
        return _refuse()
    async with operator_database(os.environ["DATABASE_URL"], "payments") as database:
        match arguments:
            case [] | ["list"]:
                return await show_list(database.reader, None)
            case ["list", state] if state in STATES:
                return await show_list(database.reader, state)
            case ["show", event_id]:
                return await show(database.reader, event_id)
            case ["replay", *ids] if ids:
                return await replay(database, ids)
    return _refuse()


def _refuse() -> int:
    print(USAGE, file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(asyncio.run(run(sys.argv[1:])))
