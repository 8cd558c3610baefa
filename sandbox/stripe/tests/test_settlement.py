"""In what currency a platform's balance is kept, and what that means for transfers."""

from typing import Any

import pytest

from sandbox.stripe.tests.stand import Body, Stand


def settle_in(stripe: Stand, currency: str | None, **more: Any) -> Body:
    answer: Body = stripe.control("settlement", currency=currency, **more)
    return answer


def paid(stripe: Stand, amount: int = 10_000, currency: str = "eur") -> Body:
    """A captured charge in another currency than the stand's usual one."""
    customer, card = stripe.saved_card()
    intent = stripe.post(
        "/v1/payment_intents",
        amount=amount,
        currency=currency,
        customer=customer,
        payment_method=card,
        confirm="true",
        off_session="true",
        allowed_payment_method_types=["card"],
    )
    return stripe.get(f"/v1/charges/{intent['latest_charge']}")


def transaction(stripe: Stand, identity: str) -> Body:
    return stripe.get(f"/v1/balance_transactions/{identity}")


def sums(stripe: Stand) -> dict[str, int]:
    body = stripe.get("/v1/balance")
    found: dict[str, int] = {}
    for row in (*body["available"], *body["pending"]):
        found[row["currency"]] = found.get(row["currency"], 0) + row["amount"]
    return found


def test_without_a_settlement_currency_each_is_kept(stripe: Stand) -> None:
    charge = paid(stripe)
    txn = transaction(stripe, charge["balance_transaction"])
    assert (txn["amount"], txn["currency"], txn["exchange_rate"]) == (10_000, "eur", None)
    assert sums(stripe)["eur"] == 10_000 - 320


@pytest.mark.parametrize(
    ("currency", "amount", "rate", "expected"),
    [
        ("eur", 10_000, 1.08, 10_800),
        ("eur", 9_999, 1.0745, 10_744),  # 10,743.9
        ("jpy", 5_000, 0.0067, 3_350),
        ("kwd", 12_340, 3.25, 4_011),  # 12.340 dinars, 40.105 dollars: half up
        ("usd", 777, 1.0, 777),
    ],
)
def test_a_charge_is_converted_at_the_rate(
    stripe: Stand, currency: str, amount: int, rate: float, expected: int
) -> None:
    settle_in(stripe, "usd", rates={currency: rate})
    charge = paid(stripe, amount, currency)
    txn = transaction(stripe, charge["balance_transaction"])
    assert (charge["amount_captured"], charge["currency"]) == (amount, currency)
    assert (txn["amount"], txn["currency"]) == (expected, "usd")
    assert txn["exchange_rate"] == (None if currency == "usd" else rate)
    assert txn["fee"] == (expected * 29 + 500) // 1000 + 30
    assert sums(stripe) == {"usd": txn["net"]}


def test_a_transfer_is_in_the_currency_of_the_balance_transaction(stripe: Stand) -> None:
    settle_in(stripe, "usd", rates={"eur": 1.08})
    charge = paid(stripe)["id"]
    account = stripe.account()
    params = {"destination": account, "source_transaction": charge}
    error = stripe.post("/v1/transfers", expect=400, amount=100, currency="eur", **params)["error"]
    assert error["param"] == "currency"
    assert "balance transaction (usd)" in error["message"]
    stripe.post("/v1/transfers", amount=10_800, currency="usd", **params)
    stripe.post("/v1/transfers", expect=400, amount=1, currency="usd", **params)


def test_refunds_and_disputes_leave_the_balance_at_the_rate_of_their_moment(stripe: Stand) -> None:
    settle_in(stripe, "usd", rates={"eur": 1.08})
    charge = paid(stripe)
    settle_in(stripe, "usd", rates={"eur": 1.1})
    refund = stripe.post("/v1/refunds", charge=charge["id"], amount=5_000)
    txn = transaction(stripe, refund["balance_transaction"])
    assert (txn["amount"], txn["currency"], txn["exchange_rate"]) == (-5_500, "usd", 1.1)
    expanded: dict[str, Any] = {"expand[]": "source"}
    whole = stripe.get(f"/v1/balance_transactions/{txn['id']}", **expanded)
    assert whole["source"]["id"] == refund["id"]
    dispute = stripe.control("disputes", charge=charge["id"])
    (taken,) = dispute["balance_transactions"]
    assert (taken["amount"], taken["fee"], taken["currency"]) == (-5_500, 1_500, "usd")
    stripe.control("disputes", charge=charge["id"], outcome="won")
    assert sums(stripe) == {"usd": 10_800 - 343 - 5_500}


def test_a_balance_transaction_may_come_later_than_the_capture(stripe: Stand) -> None:
    settle_in(stripe, None, late=True)
    charge = stripe.captured(stripe.saved_card(), 5_000)["latest_charge"]
    assert stripe.get(f"/v1/charges/{charge}")["balance_transaction"] is None
    account = stripe.account()
    params = {"destination": account, "source_transaction": charge, "currency": "usd"}
    stripe.post("/v1/transfers", expect=400, amount=100, **params)
    assert settle_in(stripe, None, late=False)["settled"] == 1
    assert stripe.get(f"/v1/charges/{charge}")["balance_transaction"] is not None
    assert stripe.get("/v1/events", type="charge.updated")["data"][0]["data"]["object"]["id"]
    stripe.post("/v1/transfers", amount=100, **params)


def test_the_funds_of_a_dispute_move_apart_from_it(stripe: Stand) -> None:
    charge = stripe.captured(stripe.saved_card(), 5_000)["latest_charge"]
    before = sums(stripe)["usd"]
    dispute = stripe.control("disputes", charge=charge, funds="later")
    assert (dispute["status"], dispute["balance_transactions"]) == ("needs_response", [])
    assert sums(stripe)["usd"] == before
    stripe.control("disputes", charge=charge, funds="now")
    assert sums(stripe)["usd"] == before - 5_000 - 1_500
    won = stripe.control("disputes", charge=charge, outcome="won", funds="later")
    assert (won["status"], sums(stripe)["usd"]) == ("won", before - 6_500)
    stripe.control("disputes", charge=charge, funds="now")
    assert sums(stripe)["usd"] == before
    kinds = [one["type"] for one in stripe.get("/v1/events", type="charge.dispute.*")["data"]]
    assert kinds == [
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.created",
    ]
    stripe.control("disputes", expect=400, charge=charge, funds="now")


def test_settings_that_make_no_sense_are_refused(stripe: Stand) -> None:
    stripe.control("settlement", expect=400, currency="xxx")
    stripe.control("settlement", expect=400, rates={"eur": 0})
    stripe.control("settlement", expect=400, colour="red")
    settle_in(stripe, "usd")
    customer, card = stripe.saved_card()
    stripe.post(
        "/v1/payment_intents",
        expect=400,
        amount=5_000_000,
        currency="uzs",
        customer=customer,
        payment_method=card,
        confirm="true",
        off_session="true",
        allowed_payment_method_types=["card"],
    )
