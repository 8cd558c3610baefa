"""`python -m services.payments.reconcile [--days N] | repair BOOKING…`: exit status 1 if any
difference is found.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
from datetime import timedelta
from uuid import UUID

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


async def run(arguments: argparse.Namespace) -> int:
    """The exit status of the command."""
    settings = load_or_exit(PaymentsSettings)
    # Standard output is the report.
    configure_logs("reconcile", "error", sys.stderr)
    database, stripe = (
        Database(settings.database_url, pool_size=POOL_SIZE, name="payments-reconcile"),
        connect(settings),
    )
    context = StripeContext(database, stripe, timedelta(seconds=settings.payout_delay_seconds))
    try:
        if arguments.verb == "repair":
            return await _repair(context, arguments.bookings)
        found = await compare(context, arguments.days)
        return _show(found, await debts(database.reader, now()))
    except StripeProblem as problem:
        print(f"Cannot compare with Stripe: {problem}", file=sys.stderr)
        return 2
    finally:
        await stripe.close()
        await database.close()


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


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m services.payments.reconcile", description=__doc__
    )
    parser.add_argument(
        "--days", type=int, default=DAYS, help=f"how far back Stripe is asked ({DAYS})"
    )
    parser.set_defaults(verb="compare")
    verbs = parser.add_subparsers(dest="verb")
    fix = verbs.add_parser("repair", help="bring bookings back in line with Stripe")
    fix.add_argument("bookings", nargs="+", type=UUID)
    parsed = parser.parse_args(arguments)
    parsed.verb = parsed.verb or "compare"
    return parsed


if __name__ == "__main__":
    gc.disable()  # as in `report.compare_in_process`
    raise SystemExit(asyncio.run(run(parse(sys.argv[1:]))))
