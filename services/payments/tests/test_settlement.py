"""A charge settles in the currency of our balance: the consultant's share, Stripe's fee and the
ledger are in that, at Stripe's own rate, to the cent.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.policy import convert
from services.payments.reconcile.report import compare
from services.payments.stripe_api import settlements
from services.payments.tests.actors import Booking, Payments
from shared.events import PaymentCaptured, PaymentDisputed, PayoutSent


async def end(booking: Booking, **decided: Any) -> None:
    await booking.authorize()
    await booking.deliver(booking.cancelled(**decided) if decided else booking.ended())
    await booking.payments.settle()


async def ledger(payments: Payments) -> dict[tuple[str, str], int]:
    rows = await payments.harness.sql(
        "select account, currency, sum(amount)::bigint as amount from ledger_entries"
        " group by 1, 2 having sum(amount) <> 0"
    )
    return {(row["account"], row["currency"]): row["amount"] for row in rows}


async def on_the_balance(payments: Payments) -> dict[str, int]:
    return await settlements.balance(payments.state.stripe)


async def agree(payments: Payments) -> None:
    """Ledger and balance are the same in each currency, and the comparison says so."""
    known: dict[str, int] = {}
    for (account, currency), amount in (await ledger(payments)).items():
        if account in ("platform", "commission"):
            known[currency] = known.get(currency, 0) + amount
    assert {name: amount for name, amount in known.items() if amount} == await on_the_balance(
        payments
    )
    assert await compare(payments.state.context) == []


async def test_share_and_fee_are_in_the_currency_of_the_balance(
    payments: Payments, euros: Booking
) -> None:
    await end(euros)
    (transfer,) = await payments.stripe.transfers(euros.id)
    # 100.00 EUR are 107.45 USD; 85.00 EUR are 91.3325 USD.
    assert (transfer["amount"], transfer["currency"]) == (9_133, "usd")
    payout = await payments.payout(euros.id)
    assert (payout["gross_amount"], payout["commission_amount"], payout["amount"]) == (
        10_745,
        1_612,
        9_133,
    )
    assert await ledger(payments) == {
        ("seeker", "eur"): -10_000,
        ("exchange", "eur"): 10_000,
        ("exchange", "usd"): -10_745,
        ("commission", "usd"): 1_612,
        ("stripe_fees", "usd"): 342,
        ("platform", "usd"): -342,
        ("consultant", "usd"): 9_133,
    }
    (captured,) = await euros.emitted(PaymentCaptured)
    assert (captured.amount, captured.commission_amount, captured.currency) == (
        10_000,
        1_500,
        "eur",
    )
    (sent,) = await euros.emitted(PayoutSent)
    assert (sent.amount, sent.currency) == (9_133, "usd")
    await agree(payments)


async def test_late_cancellation_settles_likewise(payments: Payments, euros: Booking) -> None:
    await end(euros, fee=5_001)
    (transfer,) = await payments.stripe.transfers(euros.id)
    # 50.01 EUR are 53.735745 USD; of them 42.51 EUR are 45.677 USD at the rate of what settled.
    assert (transfer["amount"], transfer["currency"]) == (4_568, "usd")
    await agree(payments)


async def test_refund_takes_the_share_back_at_the_rate_of_the_capture(
    payments: Payments, euros: Booking
) -> None:
    await end(euros)
    await payments.stripe.control("settlement", rates={"eur": 1.2})
    answer = await payments.harness.post(
        f"/payments/{euros.id}/refund",
        user=euros.consultant,
        json={"reason": "half of it", "amount": 5_000},
    )
    assert answer.status_code in (201, 202), answer.text
    await payments.settle()
    payout = await payments.payout(euros.id)
    # Of 50.00 EUR that remain the share is 42.50 EUR: 45.66625 USD.
    assert (payout["sent_amount"], payout["status"]) == (4_567, "paid")
    sums = await ledger(payments)
    assert sums[("seeker", "eur")] == -5_000
    # What the rate did meanwhile is ours: 60.00 USD went back for what had come in as 53.72.
    assert sums[("exchange", "usd")] == -10_745 + 6_000
    await agree(payments)

    listed = (await payments.harness.get("/payments/payouts", user=euros.consultant)).json()
    (item,) = listed["items"]
    assert (item["currency"], item["gross_amount"], item["commission_amount"], item["amount"]) == (
        "usd",
        5_373,
        806,
        4_567,
    )
    (history,) = (await payments.harness.get("/payments/history", user=euros.seeker)).json()[
        "items"
    ]
    assert (history["currency"], history["amount"], history["amount_refunded"]) == (
        "eur",
        10_000,
        5_000,
    )
    summary = (await payments.harness.get("/payments/summary", user=euros.consultant)).json()
    (month,) = summary["items"]
    assert (month["currency"], month["gross"], month["commission"], month["net"]) == (
        "usd",
        5_373,
        806,
        4_567,
    )


async def statement(payments: Payments, user: Any) -> list[dict[str, str]]:
    year = (await payments.harness.sql("select max(captured_at) as at from payments"))[0]["at"].year
    answer = await payments.harness.get(f"/payments/statement.csv?year={year}", user=user)
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_statements_are_each_in_what_its_reader_paid_or_got(
    payments: Payments, euros: Booking
) -> None:
    await end(euros)
    (line,) = await statement(payments, euros.consultant)
    assert (line["currency"], line["gross_amount"], line["commission_amount"]) == (
        "usd",
        "107.45",
        "16.12",
    )
    assert line["net_amount"] == "91.33"
    (line,) = await statement(payments, euros.seeker)
    assert (line["currency"], line["gross_amount"], line["net_amount"]) == (
        "eur",
        "100.00",
        "100.00",
    )


@pytest.mark.parametrize("outcome", ["won", "lost"])
async def test_dispute_follows_the_money(payments: Payments, euros: Booking, outcome: str) -> None:
    await end(euros)
    charge = (await payments.payment(euros.id))["charge_id"]
    await payments.stripe.control("settlement", rates={"eur": 1.1})
    await payments.stripe.control("disputes", charge=charge)
    await payments.settle()
    await agree(payments)
    await payments.stripe.control("settlement", rates={"eur": 1.05})
    await payments.stripe.control("disputes", charge=charge, outcome=outcome)
    await payments.settle()
    await agree(payments)
    payout = await payments.payout(euros.id)
    assert payout["sent_amount"] == (9_133 if outcome == "won" else 0)


async def test_funds_of_a_dispute_that_move_late_are_posted_when_they_move(
    payments: Payments, booking: Booking
) -> None:
    await end(booking)
    charge = (await payments.payment(booking.id))["charge_id"]
    await payments.stripe.control("disputes", charge=charge, funds="later")
    await payments.settle()
    assert await booking.status() == "disputed"
    await agree(payments)  # the share is back, and Stripe has not taken the money yet
    await payments.stripe.control("disputes", charge=charge, funds="now")
    await payments.settle()
    (row,) = await payments.harness.sql("select fee, outcome from disputes")
    assert (row["fee"], row["outcome"]) == (1_500, "open")
    await agree(payments)
    await payments.stripe.control("disputes", charge=charge, outcome="won", funds="later")
    await payments.settle()
    assert await booking.status() == "captured"
    await agree(payments)
    await payments.stripe.control("disputes", charge=charge, funds="now")
    await payments.settle()
    await agree(payments)
    assert (await ledger(payments))[("stripe_fees", "usd")] == 320


async def dispute_in_pounds(payments: Payments, booking: Booking, **more: Any) -> None:
    """The bank wants 40.00 GBP, which are 50.80 USD or 47.28 EUR of the charge."""
    await payments.stripe.control("settlement", rates={"eur": 1.0745, "gbp": 1.27})
    charge = (await payments.payment(booking.id))["charge_id"]
    claim = {"amount": 4_000, "currency": "gbp"}
    await payments.stripe.control("disputes", charge=charge, **claim, **more)
    await payments.settle()


@pytest.mark.parametrize("outcome", ["won", "lost"])
async def test_dispute_in_another_currency_is_posted_in_its_own(
    payments: Payments, euros: Booking, outcome: str
) -> None:
    await end(euros)
    await dispute_in_pounds(payments, euros)
    sums = await ledger(payments)
    assert (sums[("seeker", "eur")], sums[("seeker", "gbp")]) == (-10_000, 4_000)
    assert (sums[("exchange", "gbp")], sums[("exchange", "usd")]) == (-4_000, -10_745 + 5_080)
    await agree(payments)
    # Of 52.72 EUR that remain the share is 44.81 EUR: 48.148 USD.
    assert (await payments.payout(euros.id))["sent_amount"] == 4_815
    (opened,) = await euros.emitted(PaymentDisputed)
    assert (opened.amount, opened.currency, opened.kept_amount) == (4_728, "eur", 5_272)
    charge = (await payments.payment(euros.id))["charge_id"]
    await payments.stripe.control("disputes", charge=charge, outcome=outcome)
    await payments.settle()
    await agree(payments)
    won = outcome == "won"
    assert (await payments.payout(euros.id))["sent_amount"] == (9_133 if won else 4_815)
    assert (await ledger(payments)).get(("seeker", "gbp"), 0) == (0 if won else 4_000)


@pytest.mark.parametrize("outcome", ["won", "lost"])
async def test_dispute_in_another_currency_withholds_all_until_its_money_has_moved(
    payments: Payments, euros: Booking, outcome: str
) -> None:
    await end(euros)
    await dispute_in_pounds(payments, euros, funds="later")
    assert (await payments.payout(euros.id))["sent_amount"] == 0
    await agree(payments)
    charge = (await payments.payment(euros.id))["charge_id"]
    await payments.stripe.control("disputes", charge=charge, funds="now")
    await payments.settle()
    assert (await payments.payout(euros.id))["sent_amount"] == 4_815
    (row,) = await payments.harness.sql("select * from disputes")
    assert (row["amount"], row["currency"], row["charge_amount"]) == (4_000, "gbp", 4_728)
    assert (row["commission_amount"], row["share"]) == (709, 4_019)
    await agree(payments)
    await payments.stripe.control("disputes", charge=charge, outcome=outcome)
    await payments.settle()
    await agree(payments)
    assert (await payments.payout(euros.id))["sent_amount"] == (
        9_133 if outcome == "won" else 4_815
    )
    (item,) = (await payments.harness.get("/payments/payouts", user=euros.consultant)).json()[
        "items"
    ]
    assert item["amount"] == (9_133 if outcome == "won" else 4_815)


async def test_dispute_in_a_currency_without_a_known_rate_is_over_all_of_the_charge(
    payments: Payments, captured: Booking
) -> None:
    """A balance that keeps each currency apart gives the bank's back in the bank's."""
    charge = (await payments.payment(captured.id))["charge_id"]
    claim = {"amount": 4_000, "currency": "gbp"}
    await payments.stripe.control("disputes", charge=charge, **claim)
    await payments.settle()
    assert (await payments.payout(captured.id))["sent_amount"] == 0
    assert (await ledger(payments))[("platform", "gbp")] == -4_000 - 1_500
    await agree(payments)


# ---- one function rounds


amounts = st.integers(min_value=1, max_value=99_999_999)


@given(captured=amounts, settled=amounts, data=st.data())
def test_converted_parts_are_within_the_whole(captured: int, settled: int, data: Any) -> None:
    part = data.draw(st.integers(min_value=0, max_value=captured))
    converted = convert(part, captured=captured, settled=settled)
    assert 0 <= converted <= settled
    assert abs(converted * captured - part * settled) * 2 <= captured
    assert convert(captured, captured=captured, settled=settled) == settled
    if part < captured:
        assert convert(part + 1, captured=captured, settled=settled) >= converted


async def test_lists_round_as_payouts_do(payments: Payments, euros: Booking) -> None:
    """The queries' arithmetic is that of `convert`, over odd amounts and rates."""
    await end(euros)
    for captured, settled, refunded in [
        (10_000, 10_745, 3_333),
        (9_999, 10_001, 1),
        (3, 2, 1),
        (99_999_999, 88_888_887, 12_345_678),
        (7, 99_999_999, 4),
    ]:
        await payments.harness.sql(
            "update payments set amount = $1, captured_amount = $1, commission_amount = 0,"
            " settled_amount = $2, refunded_amount = $3",
            captured,
            settled,
            refunded,
        )
        listed = await payments.harness.get("/payments/payouts", user=euros.consultant)
        (item,) = listed.json()["items"]
        assert item["gross_amount"] == convert(
            captured - refunded, captured=captured, settled=settled
        )
