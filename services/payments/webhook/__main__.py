"""`python -m services.payments.webhook list [STATE] | show ID | replay ID… | replay failed`:
Stripe's events, for operators.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
import typer

from services.payments.domain.model import StripeEventState
from services.payments.queries.stripe_events import body_of, events_in
from services.payments.store import stripe_events as stripe_events_store
from shared.db import Database, Reader
from shared.operators import operator_database


async def show_list(reader: Reader, state: StripeEventState | None) -> int:
    """Prints what has not been handled, newest first, or the events in one state."""
    states = [state] if state else [StripeEventState.FAILED, StripeEventState.PENDING]
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


async def run(work: Callable[[Database], Awaitable[int]]) -> int:
    """The exit status of the command: that of `work`."""
    async with operator_database(os.environ["DATABASE_URL"], "payments") as database:
        return await work(database)


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Stripe's events, for operators. Without a command: list."""
    if context.invoked_subcommand is None:
        list_events()


@app.command("list")
def list_events(state: Annotated[StripeEventState | None, typer.Argument()] = None) -> None:
    """Prints what has not been handled, newest first, or the events in one state."""
    raise typer.Exit(asyncio.run(run(lambda database: show_list(database.reader, state))))


@app.command("show")
def show_event(event_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Prints an event as Stripe sent it. Exit status 1 if there is none with that id."""
    raise typer.Exit(asyncio.run(run(lambda database: show(database.reader, event_id))))


@app.command("replay")
def replay_events(ids: Annotated[list[str], typer.Argument(metavar="ID…|failed")]) -> None:
    """Has events handled again: those with these ids, or all that have failed. Exit status 1 if
    there is none with these ids.
    """
    raise typer.Exit(asyncio.run(run(lambda database: replay(database, ids))))


if __name__ == "__main__":
    app(prog_name="python -m services.payments.webhook")
