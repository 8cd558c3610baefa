"""A transfer that somebody takes back in Stripe's Dashboard: taken over once, never sent again, to
the cent.
"""

from __future__ import annotations

from typing import Any

import pytest

from services.payments.commands.refunds import check_refunds
from services.payments.reconcile.repair import Outcome, repair
from services.payments.reconcile.report import compare
from services.payments.tests.actors import Booking, Make, Payments
from shared.events import PaymentRefunded, PayoutSent


@pytest.fixture
async def paid(payments: Payments, booking: Booking) -> Booking:
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    return booking


async def reverse_by_hand(booking: Booking, amount: int) -> None:
    """As an operator does it: a reversal that is no step of ours."""
    (transfer,) = await booking.payments.stripe.transfers(booking.id)
    await booking.payments.stripe.post(f"/v1/transfers/{transfer['id']}/reversals", amount=amount)


async def refund(booking: Booking, amount: int) -> None:
    answer = await booking.payments.harness.post(
        f"/payments/{booking.id}/refund",
        user=booking.consultant,
        json={"reason": "because", "amount": amount},
    )
    assert answer.status_code == 202


async def net(booking: Booking) -> int:
    """What is at the consultant's account, of which our ledger and our payout must say the same."""
    payments = booking.payments
    sent: int = sum(
        one["amount"] - one["amount_reversed"]
        for one in await payments.stripe.transfers(booking.id)
    )
    (row,) = await payments.harness.sql(
        "select coalesce(sum(amount), 0)::bigint as total from ledger_entries where account = "
        "'consultant'"
    )
    assert (await payments.payout(booking.id))["sent_amount"] == row["total"] == sent
    assert await payments.ledger_sum() == 0
    assert await compare(payments.state.context) == []
    return sent


async def shown(booking: Booking) -> Any:
    (item,) = (
        await booking.payments.harness.get("/payments/payouts", user=booking.consultant)
    ).json()["items"]
    return item["status"]


async def test_whole_reversal_leaves_the_payout_reversed(payments: Payments, paid: Booking) -> None:
    await reverse_by_hand(paid, 8_500)
    await payments.settle()
    assert await net(paid) == 0
    assert await shown(paid) == "reversed"
    assert [(one.state, one.amount) for one in await paid.emitted(PayoutSent)] == [
        ("paid", 8_500),
        ("reversed", 8_500),
    ]


async def test_parts_are_taken_over_one_by_one(payments: Payments, paid: Booking) -> None:
    for amount, left in ((100, 8_400), (400, 8_000)):
        await reverse_by_hand(paid, amount)
        await payments.settle()
        assert await net(paid) == left
        assert await shown(paid) == "paid"
    month = (await payments.harness.get("/payments/summary", user=paid.consultant)).json()["items"][
        0
    ]
    assert month["net"] == 8_000


async def test_the_same_event_again_changes_nothing(payments: Payments, paid: Booking) -> None:
    await reverse_by_hand(paid, 100)
    events = [
        one for one in await payments.stripe.new_events() if one["type"] == "transfer.reversed"
    ]
    for number in range(3):
        await payments.deliver_webhook({**events[0], "id": f"evt_again_{number}"})
        await payments.settle()
    assert await net(paid) == 8_400
    assert len(await paid.emitted(PayoutSent)) == 2


async def test_reversal_of_our_own_is_not_taken_over(payments: Payments, paid: Booking) -> None:
    await refund(paid, 4_000)
    await payments.settle()
    assert await net(paid) == 5_100
    assert await shown(paid) == "paid"  # the rest
    (reversed_,) = [one for one in await paid.emitted(PayoutSent) if one.state == "reversed"]
    assert reversed_.amount == 3_400


@pytest.mark.parametrize("first", ["refund", "reversal"])
async def test_reversal_by_hand_comes_on_top_of_a_refund_whichever_was_first(
    payments: Payments, paid: Booking, first: str
) -> None:
    for step in ("refund", "reversal") if first == "refund" else ("reversal", "refund"):
        if step == "refund":
            await refund(paid, 4_000)
        else:
            await reverse_by_hand(paid, 1_000)
        await payments.settle()
    assert await net(paid) == 5_100 - 1_000


async def test_reversal_by_hand_before_our_own_step(payments: Payments, paid: Booking) -> None:
    """More is to be taken back than is left at once: it ends at nothing, not below."""
    await refund(paid, 4_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(payments.state.worker._kinds, "reverse", None)
        await payments.work()
    await reverse_by_hand(paid, 8_000)
    await payments.outlast()
    await payments.receive_events()
    await payments.outlast()
    assert await net(paid) == 0


async def test_reversal_waits_for_a_step_in_doubt(payments: Payments, paid: Booking) -> None:
    await payments.stripe.fail_next("/v1/transfers/*/reversals", "timeout_after")
    await refund(paid, 4_000)
    await payments.work()
    await reverse_by_hand(paid, 100)
    await payments.receive_events()
    assert (await payments.payout(paid.id))["sent_amount"] == 8_500
    await payments.outlast()
    await payments.settle()
    await payments.harness.sql(
        "update stripe_events set due_at = received_at where state = 'pending'"
    )
    await payments.settle()
    assert await net(paid) == 5_000


async def test_refund_after_a_reversal_takes_what_is_left(
    payments: Payments, paid: Booking
) -> None:
    await reverse_by_hand(paid, 8_000)
    await payments.settle()
    await refund(paid, 4_000)
    await payments.settle()
    assert await net(paid) == 0
    steps = await payments.operations(paid.id)
    assert {one["state"] for one in steps} == {"done"}, "what is not there is not asked for"


async def test_reversal_of_a_transfer_that_is_not_the_latest_is_published(
    payments: Payments, paid: Booking
) -> None:
    await refund(paid, 4_000)
    await payments.settle()
    await returned_by_the_bank(paid)  # so that 3,400 are transferred again
    latest = (await payments.payout(paid.id))["transfer_id"]
    made = [one["id"] for one in await payments.stripe.transfers(paid.id)]
    (older,) = [one for one in made if one != latest]
    await payments.stripe.post(f"/v1/transfers/{older}/reversals", amount=100)
    await payments.settle()
    sent = (await paid.emitted(PayoutSent))[-1]
    assert (sent.state, sent.amount) == ("reversed", 100)


async def test_refund_that_the_bank_returns_is_not_paid_out_of_what_was_recalled(
    payments: Payments, paid: Booking
) -> None:
    await reverse_by_hand(paid, 8_000)
    await payments.settle()
    await refund(paid, 4_000)
    await payments.settle()
    await returned_by_the_bank(paid)
    payout = await payments.payout(paid.id)
    assert (payout["reversed_amount"], payout["recalled_amount"]) == (0, 8_000)
    assert (await payments.payment(paid.id))["status"] == "captured"
    refunded = (await paid.emitted(PaymentRefunded))[-1]
    assert (refunded.amount, refunded.reason, refunded.kept_amount) == (
        -4_000,
        "returned_by_bank",
        10_000,
    )


async def returned_by_the_bank(booking: Booking) -> None:
    """The first refund fails after the fact."""
    payments = booking.payments
    rows = await payments.harness.sql("select refund_id from refunds order by created_at")
    await payments.stripe.control(f"refunds/{rows[0]['refund_id']}/return")
    await payments.settle()


async def test_refund_is_returned_once_however_often_it_is_looked_at(
    payments: Payments, paid: Booking
) -> None:
    await refund(paid, 4_000)
    await payments.settle()
    await returned_by_the_bank(paid)
    row = await payments.payment(paid.id)
    await check_refunds(payments.harness.database, payments.state.stripe, row["charge_id"])
    assert (await payments.payment(paid.id))["refunded_amount"] == 0
    assert [one.amount for one in await paid.emitted(PaymentRefunded)] == [4_000, -4_000]


async def test_the_first_of_two_refunds_is_returned_and_the_commission_is_that_of_the_rest(
    payments: Payments, paid: Booking
) -> None:
    for amount in (3, 1):  # 15 % of 9,997 is rounded up, of 9,996 down
        await refund(paid, amount)
        await payments.settle()
    await returned_by_the_bank(paid)
    payout = await payments.payout(paid.id)
    assert payout["amount"] - payout["reversed_amount"] == 9_999 - 1_500
    (row,) = await payments.harness.sql(
        "select sum(amount)::bigint as kept from ledger_entries where account = 'commission'"
    )
    assert row["kept"] == 1_500


async def test_dispute_won_after_a_reversal_restores_only_what_the_dispute_took(
    payments: Payments, paid: Booking
) -> None:
    await reverse_by_hand(paid, 1_000)
    await payments.settle()
    charge = (await payments.payment(paid.id))["charge_id"]
    await payments.stripe.control("disputes", charge=charge)
    await payments.settle()
    assert await net(paid) == 0
    await payments.stripe.control("disputes", charge=charge, outcome="won")
    await payments.settle()
    assert await net(paid) == 7_500
    assert await shown(paid) == "paid"


async def test_reversal_before_a_planned_transfer_lowers_what_was_sent_only(
    make_payments: Make,
) -> None:
    payments = await make_payments()
    paid = Booking(payments, await payments.seeker(), await payments.consultant())
    await paid.authorize()
    await paid.deliver(paid.ended())
    await payments.settle()
    await refund(paid, 4_000)
    await payments.settle()
    await payments.stripe.control(
        f"accounts/{(await payments.stripe.transfers(paid.id))[0]['destination']}/onboard",
        outcome="restrict",
    )
    await payments.settle()
    await returned_by_the_bank(paid)  # 3,400 are owed again, and the account cannot receive
    await reverse_by_hand(paid, 100)
    await payments.receive_events()
    payout = await payments.payout(paid.id)
    assert (payout["sent_amount"], payout["recalled_amount"], payout["status"]) == (
        5_000,
        100,
        "pending",
    )


async def test_transfer_that_is_not_ours_is_left_alone(payments: Payments, paid: Booking) -> None:
    (transfer,) = await payments.stripe.transfers(paid.id)
    event = {"id": "evt_theirs", "object": "event", "type": "transfer.reversed", "livemode": False}
    await payments.deliver_webhook(
        {**event, "data": {"object": {"id": transfer["id"], "metadata": {}}}}
    )
    await payments.handle()
    (row,) = await payments.harness.sql(
        "select state from stripe_events where event_id = 'evt_theirs'"
    )
    assert row["state"] == "done"


@pytest.mark.parametrize("received", [True, False])
async def test_repair_sends_nothing_again(
    payments: Payments, paid: Booking, received: bool
) -> None:
    await reverse_by_hand(paid, 1_000)
    if received:
        await payments.settle()
    else:
        await payments.stripe.new_events()  # lost
        found = await compare(payments.state.context)
        assert {one.subject for one in found} == {str(paid.id)}
    for _ in range(2):
        assert await repair(payments.state.context, paid.id) == Outcome.REPAIRED
        await payments.settle()
        assert await net(paid) == 7_500
    assert len(await payments.stripe.transfers(paid.id)) == 1
