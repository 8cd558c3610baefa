"""`python -m services.payments.reconcile [--days N] | repair BOOKING…`: exit status 1 if any
difference is found.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from services.payments.reconcile.own_tables import Difference, debts
from services.payments.reconcile.repair import Outcome, repair
from services.payments.reconcile.report import DAYS, POOL_SIZE, compare
from services.payments.settings import PaymentsSettings
from services.payments.stripe_api import StripeProblem, connect
from services.payments.webhook.context import StripeContext
from shared.clock import now
from shared.db import Database
from shared.settings import load_or_exit
from shared.telemetry import configure_logs


async def run(work: Callable[[StripeContext], Awaitable[int]]) -> int:
    """The exit status of the command: that of `work`, or 2 if Stripe can't be reached."""
    settings = load_or_exit(PaymentsSettings)
    # Standard output is the report.
    configure_logs("reconcile", "error", sys.stderr)
    database, stripe = (
        Database(settings.database_url, pool_size=POOL_SIZE, name="payments-reconcile"),
        connect(settings),
    )
    context = StripeContext(database, stripe, timedelta(seconds=settings.payout_delay_seconds))
    try:
        return await work(context)
    except StripeProblem as problem:
        print(f"Cannot compare with Stripe: {problem}", file=sys.stderr)
        return 2
    finally:
        await stripe.close()
        await database.close()


async def _compare(context: StripeContext, days: int) -> int:
    found = await compare(context, days)
    return _show(found, await debts(context.database.reader, now()))


async def _repair(context: StripeContext, bookings: list[UUID]) -> int:
    repaired = 0
    for booking_id in bookings:
        outcome = await repair(context, booking_id)
        repaired += outcome == Outcome.REPAIRED
        if outcome == Outcome.UNKNOWN:
            print(f"There is no payment of booking {booking_id}.")
        elif outcome == Outcome.BUSY:
            print(
                f"Booking {booking_id} was left as it is: one of its steps at Stripe is in"
                " progress. Repair it again when that has ended."
            )
    print(
        f"{repaired} repaired; the service executes the remaining steps."
        " Reconcile again in a minute."
    )
    return 0 if repaired == len(bookings) else 1


def _show(found: list[Difference], owed: list[Difference]) -> int:
    for one in [*owed, *found]:
        print(f"{one.subject}: {one.what}\n    {one.repair}")
    print(
        f"{len(found)} differences."
        if found
        else "Bookings, payments, payouts, ledger and Stripe agree."
    )
    return 1 if found else 0


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def compare_all(
    context: typer.Context,
    days: Annotated[int, typer.Option(help="How far back Stripe is asked.")] = DAYS,
) -> None:
    """Compares bookings, payments, payouts and the ledger with Stripe. Exit status 1 if any
    difference is found, 2 if Stripe can't be reached.
    """
    if context.invoked_subcommand is None:
        raise typer.Exit(asyncio.run(run(lambda stripe: _compare(stripe, days))))


@app.command("repair")
def repair_all(bookings: list[UUID]) -> None:
    """Brings bookings back in line with Stripe. Exit status 1 if any of them was left as it is."""
    raise typer.Exit(asyncio.run(run(lambda stripe: _repair(stripe, bookings))))


if __name__ == "__main__":
    gc.disable()  # as in `report.compare_in_process`
    app(prog_name="python -m services.payments.reconcile")
