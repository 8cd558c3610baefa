"""A thousand of Stripe's events, shuffled and each delivered three times, leave what they leave in
order and once.

Most of them echo our own steps. The others report what only Stripe knows: refunds, reversals,
captures and releases made in the Dashboard, disputes, a cardholder who has authenticated, an
account that can receive.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from services.payments.tests.actors import Booking, Make, Payments
from services.payments.tests.sandbox import Sandbox

ROUNDS = 10  # of all the lives below
AT_ONCE = 25

Life = Callable[[Payments, Booking], Awaitable[None]]


# ---- lives: what booking decided, and what was done at Stripe that no event has reported yet


async def paid(payments: Payments, booking: Booking) -> None:
    await booking.deliver(booking.accepted())
    await payments.work()
    await booking.deliver(booking.ended())
    await payments.work()


async def missed(payments: Payments, booking: Booking) -> None:
    await booking.deliver(booking.accepted())
    await payments.work()
    await booking.deliver(booking.missed())
    await payments.work()


async def cancelled_late(payments: Payments, booking: Booking) -> None:
    await booking.deliver(booking.accepted())
    await payments.work()
    await booking.deliver(booking.cancelled(fee=2_001))
    await payments.work()


async def refunded_in_part(payments: Payments, booking: Booking) -> None:
    await paid(payments, booking)
    await _refund(payments, booking, amount=1_003)
    await _refund(payments, booking, amount=777)


async def refunded(payments: Payments, booking: Booking) -> None:
    await paid(payments, booking)
    await _refund(payments, booking)


async def disputed(payments: Payments, booking: Booking) -> None:
    await paid(payments, booking)
    await _dispute(payments, booking)


async def dispute_won(payments: Payments, booking: Booking) -> None:
    await paid(payments, booking)
    await _dispute(payments, booking)
    await _dispute(payments, booking, outcome="won")


async def dispute_lost_after_refund(payments: Payments, booking: Booking) -> None:
    await paid(payments, booking)
    await _refund(payments, booking, amount=999)
    await _dispute(payments, booking)
    await _dispute(payments, booking, outcome="lost")


async def recalled(payments: Payments, booking: Booking) -> None:
    await paid(payments, booking)
    await _reverse(payments, booking, 301)
    await _reverse(payments, booking, 702)


async def recalled_refunded_disputed_and_won(payments: Payments, booking: Booking) -> None:
    await paid(payments, booking)
    await _reverse(payments, booking, 1_111)
    await _refund(payments, booking, amount=2_222)
    await _dispute(payments, booking)
    await _dispute(payments, booking, outcome="won")


async def captured_in_the_dashboard(payments: Payments, booking: Booking) -> None:
    await booking.deliver(booking.accepted())
    await payments.work()
    (intent,) = await payments.stripe.intents(booking.id)
    await payments.stripe.post(
        f"/v1/payment_intents/{intent['id']}/capture", amount_to_capture=3_333
    )


async def released_in_the_dashboard(payments: Payments, booking: Booking) -> None:
    await booking.deliver(booking.accepted())
    await payments.work()
    (intent,) = await payments.stripe.intents(booking.id)
    await payments.stripe.post(f"/v1/payment_intents/{intent['id']}/cancel")


async def authenticated(payments: Payments, booking: Booking) -> None:
    """The bank wants the cardholder, who confirms in the browser."""
    await booking.deliver(booking.accepted())
    await payments.work()
    answer = await payments.harness.get(
        f"/payments/{booking.id}/authentication", user=booking.seeker
    )
    assert answer.status_code == 200, answer.text
    (intent,) = await payments.stripe.intents(booking.id)
    await payments.stripe.control(f"3ds/{intent['id']}", outcome="succeed")


LIVES: tuple[Life, ...] = (
    paid,
    missed,
    cancelled_late,
    refunded_in_part,
    refunded,
    disputed,
    dispute_won,
    dispute_lost_after_refund,
    recalled,
    recalled_refunded_disputed_and_won,
    captured_in_the_dashboard,
    released_in_the_dashboard,
    authenticated,
)


async def _refund(payments: Payments, booking: Booking, **amount: int) -> None:
    row = await payments.payment(booking.id)
    made = await payments.stripe.post(
        "/v1/refunds", payment_intent=row["payment_intent_id"], **amount
    )
    assert made["status"] == "succeeded"


async def _dispute(payments: Payments, booking: Booking, **outcome: str) -> None:
    row = await payments.payment(booking.id)
    await payments.stripe.control("disputes", charge=row["charge_id"], **outcome)


async def _reverse(payments: Payments, booking: Booking, amount: int) -> None:
    (transfer,) = await payments.stripe.transfers(booking.id)
    await payments.stripe.post(f"/v1/transfers/{transfer['id']}/reversals", amount=amount)


# ---- the same world twice


Deliver = Callable[[Payments, list[Any]], Awaitable[None]]


async def world(make: Make, sandbox: Sandbox, deliver: Deliver) -> tuple[list[Any], Any, int]:
    """Every life several times; then all events by `deliver`. The state after, by booking; that
    before; how many events.
    """
    await sandbox.control("reset")
    payments = await make()
    seeker, consultant = await payments.seeker(), await payments.consultant()
    careful = await payments.seeker("pm_card_authenticationRequired")
    waiting = await payments.consultant(onboarded=False)
    account = (await payments.harness.post("/payments/connect-account", user=waiting)).json()[
        "account_id"
    ]
    await payments.settle()
    bookings = []
    for number in range(ROUNDS * len(LIVES)):
        life = LIVES[number % len(LIVES)]
        # Transfers of the first round wait for an account; it can receive in the end, and only an
        # event says so.
        receiver = waiting if life is paid and number < len(LIVES) else consultant
        payer = careful if life is authenticated else seeker
        bookings.append(Booking(payments, payer, receiver, amount=5_001 + 7 * number))
        await life(payments, bookings[-1])
    await sandbox.control(f"accounts/{account}/onboard", outcome="complete")
    before = await state(payments, bookings)
    events = await sandbox.new_events()
    await deliver(payments, events)
    await finish(payments)
    return await state(payments, bookings), before, len({one["id"] for one in events})


async def in_order_and_once(payments: Payments, events: list[Any]) -> None:
    for start in range(0, len(events), AT_ONCE):
        for one in events[start : start + AT_ONCE]:
            assert (await payments.deliver_webhook(one)).status_code == 200
        await payments.handle()
        await payments.work()


async def shuffled_and_thrice(payments: Payments, events: list[Any]) -> None:
    many = 3 * events
    random.Random(20261122).shuffle(many)
    for start in range(0, len(many), AT_ONCE):
        answers = await asyncio.gather(
            *(payments.deliver_webhook(one) for one in many[start : start + AT_ONCE])
        )
        assert {answer.status_code for answer in answers} == {200}
        if start % (4 * AT_ONCE) == 0:
            await payments.handle()
            await payments.work()


async def finish(payments: Payments) -> None:
    """Until no event waits and no step is due: what an event caused causes events too."""
    for _ in range(20):
        await payments.receive_events()
        await payments.work()
        await payments.harness.sql(
            "update stripe_events set due_at = received_at where state = 'pending'"
        )
        open_rows = await payments.harness.sql(
            "select 1 from stripe_events where state = 'pending'"
            " union all select 1 from operations where state in ('due', 'running', 'waiting') "
            "and due_at <= now()"
        )
        if not open_rows:
            return
    raise AssertionError("there is always something left to do")


_STATE = """
    select p.booking_id, p.status, p.failure, p.attempt, p.renewals, p.due, p.due_amount,
        p.captured_amount,
           p.commission_amount, p.refunded_amount, p.stripe_fee, p.payment_intent_id is not null as
               has_intent,
           o.amount, o.reversed_amount, o.recalled_amount, o.sent_amount, o.status as payout
    from payments as p left join payouts as o on o.booking_id = p.booking_id
"""
_PARTS = {
    # Summed: what is taken back may go in one step or in two, as the news came; and of the
    # commission that a dispute takes and its end gives back, a refund received between the two or
    # after has its rounding on the one side or on the other.
    "ledger": """
        select booking_id, case when kind in ('commission_return', 'commission_restored') then
            'commission moved' else kind end,
               account, sum(amount)::bigint
        from ledger_entries group by 1, 2, 3 having sum(amount) <> 0""",
    "sent": """
        select (event ->> 'booking_id')::uuid as booking_id, event ->> 'state', sum((event ->>
            'amount')::bigint)::bigint
        from outbox, lateral convert_from(body, 'utf8') as text,
            lateral cast(text as jsonb) as event
        where type = 'payout.sent.v1' group by 1, 2""",
    "refunds": "select booking_id, amount, reason, state from refunds",
    "disputes": "select booking_id, amount, fee, status, outcome from disputes",
}


async def state(payments: Payments, bookings: list[Booking]) -> list[Any]:
    """All that is known of each booking, here and at Stripe, without ids and times."""
    known: dict[Any, dict[str, Any]] = {booking.id: {} for booking in bookings}
    for row in await payments.harness.sql(_STATE):
        known[row["booking_id"]]["payment"] = tuple(row)[1:]
    for name, query in _PARTS.items():
        for row in await payments.harness.sql(query):
            known[row["booking_id"]].setdefault(name, []).append(tuple(row)[1:])
    for row in await payments.harness.sql(
        "select type, body from outbox where type like 'payment.%'"
    ):
        event = json.loads(row["body"])
        if "booking_id" in event:
            fact = (row["type"], event["amount"], event.get("reason"))
            known[UUID(event["booking_id"])].setdefault("emitted", []).append(fact)
    for booking in bookings:
        sent = await payments.stripe.transfers(booking.id)
        known[booking.id]["net"] = sum(one["amount"] - one["amount_reversed"] for one in sent)
    return [
        {name: _sorted(value) for name, value in known[booking.id].items()} for booking in bookings
    ]


def _sorted(value: Any) -> Any:
    return sorted(value, key=repr) if isinstance(value, list) else value


async def test_a_thousand_events_shuffled_and_tripled_leave_the_same(
    make_payments: Make, sandbox: Sandbox
) -> None:
    expected, before, _ = await world(make_payments, sandbox, in_order_and_once)
    found, _, count = await world(make_payments, sandbox, shuffled_and_thrice)
    assert count >= 1_000
    changed = {
        number % len(LIVES)
        for number, pair in enumerate(zip(before, expected, strict=True))
        if pair[0] != pair[1]
    }
    echoes_only = {LIVES.index(missed), LIVES.index(cancelled_late)}
    assert (
        changed == set(range(len(LIVES))) - echoes_only
    )  # `paid`: the first of them had to wait for its account
    for number, (one, other) in enumerate(zip(expected, found, strict=True)):
        life = LIVES[number % len(LIVES)].__name__
        differing = {
            name: (one.get(name), other.get(name))
            for name in one | other
            if one.get(name) != other.get(name)
        }
        assert not differing, f"booking {number}, {life}: {differing}"
