"""The ledger against our balance at Stripe: what is missing on either side is found."""

from __future__ import annotations

import pytest

from services.payments.reconcile.balance import BATCH, Lines
from services.payments.reconcile.repair import Outcome, repair
from services.payments.reconcile.report import compare
from services.payments.stripe_api.settlements import Transaction
from services.payments.tests.actors import Booking, Payments
from services.payments.tests.test_settlement import agree, end


async def test_fee_that_was_never_posted_is_found_and_repaired(
    payments: Payments, booking: Booking
) -> None:
    await end(booking)
    await payments.harness.sql("delete from ledger_entries where kind = 'stripe_fee'")
    found = await compare(payments.state.context)
    assert {one.subject for one in found} == {str(booking.id)}
    assert any("our balance at Stripe 9680 usd" in one.what for one in found)
    assert await repair(payments.state.context, booking.id) == Outcome.REPAIRED
    await agree(payments)


async def test_capture_whose_fee_nobody_knew_is_found(payments: Payments, booking: Booking) -> None:
    """As it was written before fees that come late were waited for."""
    await end(booking)
    await payments.harness.sql("delete from ledger_entries where kind = 'stripe_fee'")
    await payments.harness.sql("update payments set stripe_fee = null")
    (found,) = await compare(payments.state.context)
    assert "the ledger says 10000 usd, our balance at Stripe 9680 usd" in found.what
    assert await repair(payments.state.context, booking.id) == Outcome.REPAIRED
    await agree(payments)


@pytest.mark.parametrize("how", ["refund", "dispute"])
async def test_refund_or_dispute_whose_event_was_lost_is_found_and_repaired(
    payments: Payments, booking: Booking, how: str
) -> None:
    await end(booking)
    charge = (await payments.payment(booking.id))["charge_id"]
    if how == "refund":
        await payments.stripe.post("/v1/refunds", charge=charge, amount=100)
    else:
        await payments.stripe.control("disputes", charge=charge)
    await payments.stripe.new_events()  # lost
    found = await compare(payments.state.context)
    assert [one.subject for one in found] == [str(booking.id)]
    gone = 100 if how == "refund" else 11_500  # with the bank's fee
    assert f"the ledger says 0, our balance at Stripe -{gone} usd" in found[0].what
    assert await repair(payments.state.context, booking.id) == Outcome.REPAIRED
    await payments.work()
    kept = 9_900 if how == "refund" else 0
    assert (await payments.payout(booking.id))["sent_amount"] == kept - kept * 15 // 100
    await agree(payments)


async def test_posting_without_its_like_at_stripe_is_found(
    payments: Payments, booking: Booking
) -> None:
    await end(booking)
    await payments.harness.sql(
        "insert into ledger_entries (posting_id, kind, stripe_object, booking_id, account, amount,"
        " currency, at) select '00000000-0000-0000-0000-000000000001', 'reversal', 'trr_none',"
        " booking_id, v.account, v.amount, 'usd', now() from payments,"
        " (values ('consultant', -5), ('platform', 5)) as v (account, amount)"
    )
    found = await compare(payments.state.context)
    assert any("trr_none: the ledger says 5 usd" in one.what for one in found)


async def test_what_is_not_ours_is_noted_and_the_whole_still_agrees(
    payments: Payments, booking: Booking
) -> None:
    """Another program's charge, and a payout to our own bank."""
    await end(booking)
    await payments.stripe.post(
        "/v1/payment_intents",
        amount=5_000,
        currency="usd",
        confirm="true",
        payment_method="pm_card_bypassPending",
        **{"allowed_payment_method_types[]": "card"},
    )
    await payments.stripe.post("/v1/payouts", amount=1_000, currency="usd")
    assert await compare(payments.state.context) == []
    rows = await payments.harness.sql("select type, net from other_transactions order by type")
    assert [(row["type"], row["net"]) for row in rows] == [("charge", 4_825), ("payout", -1_000)]
    assert await compare(payments.state.context) == []
    await payments.harness.sql("delete from other_transactions where type = 'charge'")
    await payments.harness.sql("update other_transactions set net = -900")
    (found,) = await compare(payments.state.context)
    assert found.subject == "usd"


def test_lines_are_summed_by_what_caused_them() -> None:
    lines = Lines()
    for number, (net, source) in enumerate([(5, "a"), (-5, "a"), (7, "b"), (1, None)]):
        lines.add(Transaction(f"txn_{number}", net, "usd", "charge", source, 0))
    assert lines.sums == {"a": {}, "b": {"usd": 7}, "txn_3": {"usd": 1}}
    assert lines.pop("a") == lines.pop("missing") == {}
    assert BATCH > 0
