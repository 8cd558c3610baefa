"""Payouts: from a connected account's balance to its bank, and back."""

from typing import Any

import pytest

from sandbox.stripe.conformance.session import flat
from sandbox.stripe.tests.stand import KEY, Stand

DAY = 86_400


class Connected:
    """A connected account with 7.00 on its balance, as its platform acts for it."""

    def __init__(self, stripe: Stand) -> None:
        self.stripe, self.id = stripe, stripe.account()
        charge = stripe.captured(stripe.saved_card())["latest_charge"]
        params = {"currency": "usd", "destination": self.id, "source_transaction": charge}
        stripe.post("/v1/transfers", amount=700, **params)

    def ask(self, method: str, path: str, /, expect: int = 200, **params: Any) -> Any:
        headers = KEY | {"Stripe-Account": self.id}
        given: dict[str, Any] = {"params" if method == "GET" else "data": flat(params)}
        answer = self.stripe.http.request(method, path, headers=headers, **given)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def available(self) -> int:
        amount: int = self.ask("GET", "/v1/balance")["available"][0]["amount"]
        return amount

    def event_types(self) -> list[str]:
        events = self.ask("GET", "/v1/events", type="payout.*")["data"]
        assert all(one["account"] == self.id for one in events)
        return [one["type"] for one in events]


@pytest.fixture
def connected(stripe: Stand) -> Connected:
    made = Connected(stripe)
    stripe.control("clock", advance=2 * DAY)
    return made


def test_a_payout_is_on_its_way_and_then_paid(stripe: Stand, connected: Connected) -> None:
    made = connected.ask("POST", "/v1/payouts", amount=500, currency="usd", metadata={"week": "47"})
    assert (made["status"], made["amount"], made["metadata"]) == ("pending", 500, {"week": "47"})
    assert made["arrival_date"] == made["created"] + 2 * DAY
    assert connected.available() == 200
    stripe.control("clock", advance=DAY)
    assert connected.ask("GET", f"/v1/payouts/{made['id']}")["status"] == "pending"
    stripe.control("clock", advance=DAY)
    assert connected.ask("GET", f"/v1/payouts/{made['id']}")["status"] == "paid"
    assert connected.event_types() == ["payout.paid", "payout.created"]
    assert connected.available() == 200
    moved = connected.ask("GET", "/v1/balance_transactions", source=made["id"])["data"]
    assert [(one["type"], one["amount"]) for one in moved] == [("payout", -500)]


def test_a_payout_that_is_canceled_gives_the_money_back(
    stripe: Stand, connected: Connected
) -> None:
    made = connected.ask("POST", "/v1/payouts", amount=700, currency="usd", method="instant")
    canceled = connected.ask("POST", f"/v1/payouts/{made['id']}/cancel")
    assert (canceled["status"], connected.available()) == ("canceled", 700)
    stripe.control("clock", advance=3 * DAY)
    assert connected.ask("GET", "/v1/payouts", status="canceled")["data"][0]["id"] == made["id"]
    assert connected.ask("GET", "/v1/payouts", status="pending")["data"] == []
    assert connected.event_types() == ["payout.canceled", "payout.created"]
    connected.ask("POST", f"/v1/payouts/{made['id']}/cancel", expect=400)


def test_a_paid_payout_can_be_reversed_once(stripe: Stand, connected: Connected) -> None:
    made = connected.ask("POST", "/v1/payouts", amount=700, currency="usd")
    connected.ask("POST", f"/v1/payouts/{made['id']}/reverse", expect=400)
    stripe.control("clock", advance=2 * DAY)
    back = connected.ask("POST", f"/v1/payouts/{made['id']}/reverse")
    assert (back["amount"], back["original_payout"], connected.available()) == (
        -700,
        made["id"],
        700,
    )
    assert connected.ask("GET", f"/v1/payouts/{made['id']}")["reversed_by"] == back["id"]
    for one in (made, back):
        connected.ask("POST", f"/v1/payouts/{one['id']}/reverse", expect=400)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"amount": 701}, "balance_insufficient"),
        ({"amount": 0}, "parameter_invalid_integer"),
        ({"amount": 5, "currency": "eur"}, "balance_insufficient"),
        ({"amount": 5, "destination": "ba_none"}, "resource_missing"),
        ({"amount": 5, "method": "pigeon"}, None),
        ({}, "parameter_missing"),
    ],
)
def test_what_cannot_be_paid_out_is_refused(
    connected: Connected, params: dict[str, Any], code: str | None
) -> None:
    error = connected.ask("POST", "/v1/payouts", expect=400, **{"currency": "usd", **params})[
        "error"
    ]
    assert error.get("code") == code
    assert connected.available() == 700


def test_an_account_that_is_restricted_is_paid_nothing(stripe: Stand, connected: Connected) -> None:
    stripe.control(f"accounts/{connected.id}/onboard", outcome="restrict")
    error = connected.ask("POST", "/v1/payouts", expect=400, amount=5, currency="usd")["error"]
    assert error["code"] == "payouts_not_allowed"


def test_a_payout_is_its_accounts_own(stripe: Stand, connected: Connected) -> None:
    made = connected.ask("POST", "/v1/payouts", amount=500, currency="usd")
    stripe.get(f"/v1/payouts/{made['id']}", expect=404)
    assert stripe.get("/v1/payouts")["data"] == []
    assert connected.ask("POST", f"/v1/payouts/{made['id']}", metadata={"a": "b"})["metadata"] == {
        "a": "b"
    }


def test_the_platform_is_paid_out_of_what_is_available(stripe: Stand) -> None:
    stripe.captured(stripe.saved_card("pm_card_bypassPending"), 10_000)
    made = stripe.post("/v1/payouts", amount=9_680, currency="usd")
    assert stripe.get("/v1/balance")["available"][0]["amount"] == 0
    assert stripe.get("/v1/payouts")["data"] == [made]


@pytest.mark.parametrize(
    "path",
    [
        "/v2/core/event_destinations",
        "/v2/core/events",
        "/v1/customer_sessions",
        "/v1/charges/ch_1/capture",
    ],
)
def test_what_is_not_simulated_is_an_unknown_url(stripe: Stand, path: str) -> None:
    error = stripe.post(path, expect=404)["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"].startswith(f"Unrecognized request URL (POST: {path})")
