"""Refunds, transfers and disputes, and what they leave in the balance."""

import httpx
import pytest

from sandbox.stripe.tests.stand import KEY, Stand


def funds(stripe: Stand) -> int:
    body = stripe.get("/v1/balance")
    total: int = sum(row["amount"] for part in ("available", "pending") for row in body[part])
    return total


def test_a_partial_capture_lets_the_rest_go(stripe: Stand) -> None:
    intent = stripe.hold(stripe.saved_card(), 5000)
    now = stripe.post(f"/v1/payment_intents/{intent['id']}/capture", amount_to_capture=2500)
    assert (now["status"], now["amount_received"], now["amount_capturable"]) == (
        "succeeded",
        2500,
        0,
    )
    charge = stripe.get(f"/v1/charges/{now['latest_charge']}")
    assert (charge["amount_captured"], charge["amount_refunded"], charge["refunded"]) == (
        2500,
        2500,
        False,
    )
    refund = stripe.post("/v1/refunds", payment_intent=intent["id"])
    assert refund["amount"] == 2500
    assert stripe.get(f"/v1/charges/{charge['id']}")["refunded"] is True
    assert funds(stripe) == -103  # Stripe keeps its fee


def test_a_payment_becomes_available_after_two_days(stripe: Stand) -> None:
    stripe.captured(stripe.saved_card(), 10000)
    assert stripe.get("/v1/balance")["available"][0]["amount"] == 0
    stripe.control("clock", advance=2 * 86400)
    body = stripe.get("/v1/balance")
    assert (body["available"][0]["amount"], body["pending"][0]["amount"]) == (9680, 0)
    assert stripe.get("/v1/balance_transactions")["data"][0]["status"] == "available"


def test_a_transfer_waits_for_the_account_and_never_exceeds_the_charge(stripe: Stand) -> None:
    charge = stripe.captured(stripe.saved_card(), 10000)["latest_charge"]
    account = stripe.account()
    stripe.control(f"accounts/{account}/onboard", outcome="restrict")
    params = {"currency": "usd", "destination": account, "source_transaction": charge}
    error = stripe.post("/v1/transfers", expect=400, amount=8500, **params)["error"]
    assert error["code"] == "insufficient_capabilities_for_transfer"
    stripe.control(f"accounts/{account}/onboard", outcome="complete")
    transfer = stripe.post("/v1/transfers", amount=8500, **params)
    stripe.post("/v1/transfers", expect=400, amount=1501, **params)
    stripe.post(f"/v1/transfers/{transfer['id']}/reversals", amount=8500)
    assert stripe.get(f"/v1/transfers/{transfer['id']}")["reversed"] is True
    stripe.post("/v1/transfers", amount=8500, **params)  # a won dispute is paid out again
    assert len(stripe.get("/v1/transfers", destination=account)["data"]) == 2


def test_a_rejected_account_says_so_in_both_versions(stripe: Stand) -> None:
    account = stripe.account()
    stripe.control(f"accounts/{account}/onboard", outcome="reject")
    v1 = stripe.get(f"/v1/accounts/{account}")
    assert (v1["payouts_enabled"], v1["requirements"]["disabled_reason"]) == (
        False,
        "rejected.fraud",
    )
    v2 = stripe.get(f"/v2/core/accounts/{account}", include=["configuration.recipient"])
    transfers = v2["configuration"]["recipient"]["capabilities"]["stripe_balance"][
        "stripe_transfers"
    ]
    assert transfers["status"] == "rejected"


@pytest.mark.parametrize(
    ("outcome", "events", "lost"),
    [
        ("won", ["closed", "funds_reinstated", "funds_withdrawn", "created"], 0),
        ("lost", ["closed", "funds_withdrawn", "created"], 5000 + 1500),
    ],
)
def test_a_dispute_takes_the_money_and_winning_gives_it_back(
    stripe: Stand, outcome: str, events: list[str], lost: int
) -> None:
    charge = stripe.captured(stripe.saved_card())["latest_charge"]
    before = funds(stripe)
    opened = stripe.control("disputes", charge=charge)
    assert (opened["status"], opened["amount"], opened["charge"]) == (
        "needs_response",
        5000,
        charge,
    )
    assert funds(stripe) == before - 5000 - 1500
    assert stripe.get(f"/v1/charges/{charge}")["disputed"] is True
    assert (
        stripe.post("/v1/refunds", expect=400, charge=charge)["error"]["code"] == "charge_disputed"
    )
    closed = stripe.control("disputes", charge=charge, outcome=outcome)
    assert (closed["id"], closed["status"]) == (opened["id"], outcome)
    assert stripe.get(f"/v1/disputes/{opened['id']}") == closed
    assert [one["id"] for one in stripe.get("/v1/disputes", charge=charge)["data"]] == [
        opened["id"]
    ]
    types = [event["type"] for event in stripe.get("/v1/events", limit=len(events))["data"]]
    assert types == [f"charge.dispute.{event}" for event in events]
    assert funds(stripe) == before - lost


def test_a_dispute_can_be_opened_and_decided_at_once_but_not_over_nothing(stripe: Stand) -> None:
    card = stripe.saved_card()
    charge = stripe.captured(card)["latest_charge"]
    assert stripe.control("disputes", charge=charge, outcome="lost")["status"] == "lost"
    stripe.control("disputes", expect=400, charge=charge)
    stripe.control("disputes", expect=400, charge=stripe.hold(card)["latest_charge"])
    stripe.control("disputes", expect=404, charge="ch_nowhere")


def test_a_bank_may_dispute_a_part_in_its_own_currency(stripe: Stand) -> None:
    charge = stripe.captured(stripe.saved_card())["latest_charge"]
    for bad in (
        {"amount": 0},
        {"amount": 1.5},
        {"amount": 900, "currency": "xxx"},
        {"currency": "gbp"},
    ):
        stripe.control("disputes", expect=400, charge=charge, **bad)
    opened = stripe.control("disputes", charge=charge, amount=900, currency="gbp")
    assert (opened["amount"], opened["currency"]) == (900, "gbp")
    (taken,) = opened["balance_transactions"]
    assert (taken["amount"], taken["currency"], taken["net"]) == (-900, "gbp", -2_400)


def test_the_disputing_card_disputes_by_itself(stripe: Stand) -> None:
    intent = stripe.captured(stripe.saved_card("pm_card_createDispute"))
    (dispute,) = stripe.get("/v1/disputes", payment_intent=intent["id"])["data"]
    assert (dispute["reason"], dispute["status"]) == ("fraudulent", "needs_response")


def test_objects_are_found_by_metadata(stripe: Stand) -> None:
    card = stripe.saved_card()
    made = stripe.hold(card, metadata={"booking_id": "b-7"})["id"]
    stripe.hold(card, metadata={"booking_id": "b-8"})
    found = stripe.get("/v1/payment_intents/search", query='metadata["booking_id"]:"b-7"')
    assert [one["id"] for one in found["data"]] == [made]
    stripe.get("/v1/payment_intents/search", expect=400, query="colour:'red'")


def test_a_connected_account_has_its_own_balance_and_nothing_else(stripe: Stand) -> None:
    account = stripe.account()
    charge = stripe.captured(stripe.saved_card())["latest_charge"]
    stripe.post(
        "/v1/transfers", amount=700, currency="usd", destination=account, source_transaction=charge
    )

    def ask(path: str, account: str) -> httpx.Response:
        return stripe.http.get(path, headers=KEY | {"Stripe-Account": account})

    assert ask("/v1/balance", account).json()["pending"][0]["amount"] == 700
    assert [one["amount"] for one in ask("/v1/balance_transactions", account).json()["data"]] == [
        700
    ]
    assert ask("/v1/account", account).json()["id"] == account
    assert ask("/v1/charges", account).status_code == 404
    assert ask("/v1/balance", "acct_nobody").json()["error"]["code"] == "account_invalid"


def test_a_refund_that_the_bank_returns_is_on_the_balance_again(stripe: Stand) -> None:
    charge = stripe.captured(stripe.saved_card(), 5000)["latest_charge"]
    before = funds(stripe)
    refund = stripe.post("/v1/refunds", charge=charge, amount=2000)
    stripe.control(f"refunds/{refund['id']}/return")
    now = stripe.get(f"/v1/refunds/{refund['id']}")
    assert (now["status"], funds(stripe)) == ("failed", before)
    txn = stripe.get(f"/v1/balance_transactions/{now['failure_balance_transaction']}")
    assert (txn["amount"], txn["type"], txn["source"]) == (2000, "refund_failure", refund["id"])
    assert stripe.get(f"/v1/charges/{charge}")["amount_refunded"] == 0
    stripe.control(f"refunds/{refund['id']}/return", expect=400)


def test_a_refund_is_in_the_steps_of_its_currency(stripe: Stand) -> None:
    customer, card = stripe.saved_card()
    paid = stripe.post(
        "/v1/payment_intents",
        amount=10_000,
        currency="kwd",
        customer=customer,
        payment_method=card,
        confirm="true",
    )
    error = stripe.post("/v1/refunds", expect=400, payment_intent=paid["id"], amount=1_005)["error"]
    assert (error["code"], error["param"]) == ("parameter_invalid_integer", "amount")
    refund = stripe.post("/v1/refunds", payment_intent=paid["id"], amount=1_010)
    assert refund["amount"] == 1_010
