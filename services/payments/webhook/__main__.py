"""`python -m services.payments.webhook list [STATE] | show ID | replay ID… | replay failed`:
Stripe's events, for operators.
"""

from __future__ import annotations

import asyncio
import os
import sys

import asyncpg
import msgspec

USAGE = (
    "usage: python -m services.payments.webhook"
    " list [pending|done|ignored|failed] | show ID | replay ID… | replay failed"
)
STATES = ("pending", "done", "ignored", "failed")


async def show_list(connection: asyncpg.Connection, state: str | None) -> int:
    """Prints what has not been handled, newest first, or the events in one state."""
    states = [state] if state else ["failed", "pending"]
    rows = await connection.fetch(
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


async def show(connection: asyncpg.Connection, event_id: str) -> int:
    """Prints an event as Stripe sent it."""
    body = await connection.fetchval(
        "select body from payments.stripe_events where event_id = $1", event_id
    )
    if body is None:
        print(f"There is no event {event_id}.")
        return 1
    print(msgspec.json.format(body, indent=2).decode())
    return 0


async def replay(connection: asyncpg.Connection, ids: list[str]) -> int:
    """Makes events pending again: the running service handles them at its next turn."""
    chosen = "state = 'failed'" if ids == ["failed"] else "event_id = any($1::text[])"
    arguments = [] if ids == ["failed"] else [ids]
    done = await connection.fetch(
        "update payments.stripe_events"  # noqa: S608  # nosec B608 # names of ours; values are bound
        " set state = 'pending', tries = 0, due_at = now(), last_error = null"
        f" where {chosen} returning event_id",
        *arguments,
    )
    print(f"{len(done)} to be handled again.")
    return 0 if done or ids == ["failed"] else 1


async def run(arguments: list[str]) -> int:
    """The exit status of the command."""
    connection = await asyncpg.connect(os.environ["DATABASE_URL"], timeout=10)
    try:
        match arguments:
            case [] | ["list"]:
                return await show_list(connection, None)
            case ["list", state] if state in STATES:
                return await show_list(connection, state)
            case ["show", event_id]:
                return await show(connection, event_id)
            case ["replay", *ids] if ids:
                return await replay(connection, ids)
        print(USAGE, file=sys.stderr)
        return 2
    finally:
        await connection.close()


if __name__ == "__main__":
    raise SystemExit(asyncio.run(run(sys.argv[1:])))
