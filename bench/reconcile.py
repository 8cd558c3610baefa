"""`make bench ARGS=reconcile`: the daily reconciliation of 100,000 payments with Stripe under load.

The payments of the last month are written into the database, and Stripe's side of them into a
sandbox's file. The reconciliation runs as in the service, in its own process with a lower priority;
meanwhile requests are sent at a steady rate, and each is timed.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec

from bench.load.client import Connection
from bench.load.meter import percentiles, quiet
from bench.load.target import Person, Target
from bench.systems import ROOT, project, running, temporary_folder, wait_for
from sandbox.stripe.call import Call
from sandbox.stripe.delivery import Dispatcher
from sandbox.stripe.spec import Spec
from sandbox.stripe.store import Store
from shared.testing.ports import free_port

PAYMENTS = 100_000
DAYS = 30
AMOUNT, FEE, COMMISSION = 10_000, 320, 1_500
MAX_SECONDS = 120.0  # seconds
LATE = 1.0  # seconds after which a request is late
PER_SECOND = 20
COMMITTED = 500  # payments per transaction of the sandbox
NICENESS = 10
QUIET_WITHIN = 60.0  # seconds
KEYS = {
    "STRIPE_SECRET_KEY": "sk_test_reconcile",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_reconcile",
    "STRIPE_WEBHOOK_SECRET": "whsec_reconcile",
}
# Written without triggers: the 800,000 entries need no validation.
WRITE = f"""
    set local session_replication_role = replica;
    create temporary table made on commit drop as
        select n, ('01930000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as id,
               to_timestamp($1::bigint + n * $2::bigint / {PAYMENTS}) as at
        from generate_series(0, {PAYMENTS} - 1) as n;
    insert into payments.payments (booking_id, id, seeker_id, consultant_id, scheduled_start,
        scheduled_end, amount, currency, commission_bps, status, attempt, payment_intent_id,
        charge_id, due, due_amount, captured_amount, commission_amount,
        settled_amount, settled_currency, stripe_fee, captured_at, created_at, updated_at)
    select id, id, $3, $4, at, at + interval '1 hour', {AMOUNT}, 'usd', 1500, 'captured', 1,
        'pi_' || n, 'ch_' || n, 'capture', {AMOUNT}, {AMOUNT}, {COMMISSION},
        {AMOUNT}, 'usd', {FEE}, at, at, at
    from made;
    insert into payments.payouts (booking_id, consultant_id, gross_amount, commission_amount,
        amount, sent_amount, currency, status, transfer_id, available_on, paid_at, created_at)
    select id, $4, {AMOUNT}, {COMMISSION}, {AMOUNT - COMMISSION}, {AMOUNT - COMMISSION}, 'usd',
        'paid', 'tr_' || n, at, at, at
    from made;
    insert into payments.ledger_entries (posting_id, kind, stripe_object, booking_id, account,
        amount, currency, at)
    select md5(e.kind || n)::uuid, e.kind, e.object || n, id, e.account, e.amount, 'usd', at
    from made, (values
        ('capture', 'pi_', 'seeker', -{AMOUNT}), ('capture', 'pi_', 'platform', {AMOUNT}),
        ('commission', 'pi_', 'platform', -{COMMISSION}),
        ('commission', 'pi_', 'commission', {COMMISSION}),
        ('stripe_fee', 'pi_', 'platform', -{FEE}), ('stripe_fee', 'pi_', 'stripe_fees', {FEE}),
        ('transfer', 'tr_', 'platform', -{AMOUNT - COMMISSION}),
        ('transfer', 'tr_', 'consultant', {AMOUNT - COMMISSION})
    ) as e (kind, object, account, amount);
    analyze payments.payments, payments.payouts, payments.ledger_entries;
"""  # noqa: S608  # nosec B608 # numbers of ours; values are bound


def booking_id(number: int) -> UUID:
    """The booking id of payment number `n`."""
    return UUID(f"01930000-0000-7000-8000-{number:012x}")


def write_stripe(folder: Path, since: datetime) -> None:
    """Stripe's side of the payments: intents, charges, transfers and balance transactions."""
    store = Store(folder)
    call = Call(Spec(), store, Dispatcher(store))
    seconds = DAYS * 86400
    for number in range(PAYMENTS):
        at = int(since.timestamp()) + number * seconds // PAYMENTS
        _write_payment(call, number, at)
        if number % COMMITTED == 0:
            store.commit()
    left = PAYMENTS * (COMMISSION - FEE)
    store.write("INSERT INTO balance VALUES ('platform', 'usd', ?, 0)", (left,))
    store.close()


def _write_payment(call: Call, number: int, at: int) -> None:
    about = {"booking_id": str(booking_id(number)), "operation": f"bench:{number}"}
    charge, intent, transfer = (f"{kind}_{number}" for kind in ("ch", "pi", "tr"))
    share = AMOUNT - COMMISSION
    call.new(
        "payment_intent",
        id=intent,
        created=at,
        amount=AMOUNT,
        amount_received=AMOUNT,
        currency="usd",
        status="succeeded",
        latest_charge=charge,
        metadata=about,
    )
    call.new(
        "transfer",
        id=transfer,
        created=at,
        amount=share,
        currency="usd",
        amount_reversed=0,
        source_transaction=charge,
        metadata=about,
    )
    for name, source, amount, fee in (
        ("charge", charge, AMOUNT, FEE),
        ("transfer", transfer, -share, 0),
    ):
        call.new(
            "balance_transaction",
            id=f"txn_{name}_{number}",
            created=at,
            type=name,
            amount=amount,
            fee=fee,
            net=amount - fee,
            source=source,
            currency="usd",
            available_on=at,
            status="available",
        )


async def write_payments(
    target: Target, since: datetime, seeker: Person, consultant: Person
) -> None:
    """The payments of that period, of one seeker to one consultant."""
    admin = await asyncpg.connect(target.database)
    bound = {
        "$1": str(int(since.timestamp())),
        "$2": str(DAYS * 86400),
        "$3": f"'{UUID(seeker.id)}'::uuid",
        "$4": f"'{UUID(consultant.id)}'::uuid",
    }
    text = WRITE
    for name, value in bound.items():
        text = text.replace(name, value)
    async with admin.transaction():
        await admin.execute(text, timeout=600)
    await admin.close()


class Compared(msgspec.Struct):
    """The outcome of the reconciliation."""

    status: int
    seconds: float
    said: str


def environment_of(pid: int) -> dict[str, str]:
    """The environment of a running program."""
    lines = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(line.split("=", 1) for line in lines if "=" in line)


async def compare(target: Target) -> Compared:
    """Runs the reconciliation as the service does."""
    environment = environment_of(target.pids["payments"])
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        "nice", "-n", str(NICENESS), sys.executable, "-m", "services.payments.reconcile",
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    status = await process.wait()
    return Compared(status, time.monotonic() - began, said.decode())


async def use(target: Target, person: Person, over: asyncio.Event) -> list[float]:
    """Requests a seeker's payments at a steady rate until it has finished; returns the duration of
    each request, measured from when it should have been sent.
    """
    connection, durations = Connection(target.base), list[float]()
    due = time.perf_counter()
    while not over.is_set():
        due += 1 / PER_SECOND
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        await connection.call("GET", "/payments/history", authorization=person.authorization)
        durations.append(time.perf_counter() - due)
    connection.close()
    return durations


async def measure(target: Target, since: datetime) -> tuple[Compared, list[float], list[float]]:
    """The reconciliation, with the durations of requests before and during it."""
    (seeker,) = await target.people("seeker", 1)
    (consultant,) = await target.people("consultant", 1)
    await write_payments(target, since, seeker, consultant)
    await quiet(QUIET_WITHIN)
    stopped = asyncio.Event()
    before = asyncio.create_task(use(target, seeker, stopped))
    await asyncio.sleep(10)
    stopped.set()
    over = asyncio.Event()
    during = asyncio.create_task(use(target, seeker, over))
    compared = await compare(target)
    over.set()
    return compared, await before, await during


def run() -> Iterator[tuple[str, bool]]:
    """Goals, and whether they are met."""
    since = datetime.now(UTC) - timedelta(days=DAYS, hours=1)
    with temporary_folder() as folder:
        began = time.monotonic()
        write_stripe(folder / "stripe", since)
        print(f"  Stripe's side written in {time.monotonic() - began:.0f} s", flush=True)
        port = free_port()
        listen = ["--listen", f"127.0.0.1:{port}", "--data", str(folder / "stripe")]
        key = ["--secret-key", KEYS["STRIPE_SECRET_KEY"]]
        with running([sys.executable, "-m", "sandbox.stripe", *listen, *key], {}):
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/health/live")
            with project(folder, ROOT, STRIPE_API_BASE=base, **KEYS) as target:
                compared, before, during = asyncio.run(measure(target, since))
    for name, durations in (("before", before), ("during", during)):
        print(f"  requests {name}: {json.dumps(percentiles(durations))}, {len(durations)}")
    print(f"  the comparison said: {compared.said.strip()[:300]}")
    yield (
        f"{PAYMENTS:,} payments agree with Stripe, compared in {compared.seconds:.0f} s"
        f" (at most {MAX_SECONDS:.0f} s)",
        compared.status == 0 and compared.seconds <= MAX_SECONDS,
    )
    slowest = max(during)
    yield (
        f"no request is late meanwhile: the slowest of {len(during)} took {slowest * 1000:.0f} ms"
        f" (at most {LATE * 1000:.0f} ms)",
        slowest <= LATE,
    )
