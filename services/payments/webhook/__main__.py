"""`python -m services.payments.webhook list [STATE] | show ID | replay ID… | replay failed`:
Stripe's events, for operators.
"""

from __future__ import annotations

import asyncio
import os
import sys

import msgspec

from services.payments.store import stripe_events as stripe_events_store
from services.payments.tables import stripe_events as events
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
    rows = await reader.rows(
        "select event_id, type, state, tries, received_at, last_error from payments.stripe_events"
        " where state = any($1::text[]) order by received_at desc limit 200",
        states,
    )
    for row in rows:
        at = row["received_at"].isoformat(timespec="seconds")
        print(
            f"{row['event_id']}  {row['state']:<8} {row['tries']:>3} tries  {at}  {row['type']}  "
            f"{row['last_error'] or ''}"
        )
    if not rows:
        print(f"No events that are {' or '.join(states)}.")
    return 0


async def show(reader: Reader, event_id: str) -> int:
    """Prints an event as Stripe sent it."""
    body = await reader.value(
        "select body from payments.stripe_events where event_id = $1", event_id
    )
    if body is None:
        print(f"There is no event {event_id}.")
        return 1
    print(msgspec.json.format(body, indent=2).decode())
    return 0


async def replay(database: Database, ids: list[str]) -> int:
    """Makes events pending again: the running service handles them at its next turn."""
    chosen = events.c.state == "failed" if ids == ["failed"] else events.c.event_id.in_(ids)
    async with database.transaction() as db:
        again = await stripe_events_store.make_pending(db, chosen)
    print(f"{len(again)} to be handled again.")
    return 0 if again or ids == ["failed"] else 1


async def run(arguments: list[str]) -> int:
    """The exit status of the command."""
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
        print(USAGE, file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(asyncio.run(run(sys.argv[1:])))
