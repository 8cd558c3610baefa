"""Authorisations lapse by the sandbox's clock, and the card decides what happens."""

import time

import pytest

from sandbox.stripe.tests.stand import Stand

DAY = 86400


def capture_before(stripe: Stand, intent: dict[str, str]) -> int:
    charge = stripe.get(f"/v1/charges/{intent['latest_charge']}")
    seconds: int = charge["payment_method_details"]["card"]["capture_before"] - charge["created"]
    return seconds


@pytest.mark.parametrize(
    ("token", "seconds"), [("pm_card_visa", 4 * DAY + 18 * 3600), ("pm_card_mastercard", 7 * DAY)]
)
def test_an_off_session_hold_is_kept_as_long_as_its_brand_allows(
    stripe: Stand, token: str, seconds: int
) -> None:
    intent = stripe.hold(stripe.saved_card(token))
    assert capture_before(stripe, intent) == seconds
    stripe.control("clock", advance=seconds - 60)
    assert stripe.get(f"/v1/payment_intents/{intent['id']}")["status"] == "requires_capture"
    assert stripe.control("clock", advance=120)["lapsed"] == 1
    gone = stripe.get(f"/v1/payment_intents/{intent['id']}")
    assert (gone["status"], gone["cancellation_reason"], gone["amount_capturable"]) == (
        "canceled",
        "automatic",
        0,
    )
    types = [event["type"] for event in stripe.get("/v1/events", limit=2)["data"]]
    assert types == ["payment_intent.canceled", "charge.expired"]


def test_an_on_session_hold_on_visa_is_kept_seven_days(stripe: Stand) -> None:
    customer, card = stripe.saved_card()
    intent = stripe.post(
        "/v1/payment_intents",
        amount=700,
        currency="usd",
        customer=customer,
        payment_method=card,
        capture_method="manual",
        confirm="true",
    )
    assert capture_before(stripe, intent) == 7 * DAY


def test_the_clock_goes_only_forward_and_moves_what_is_created(stripe: Stand) -> None:
    stripe.control("clock", expect=400, advance=-5)
    stripe.control("clock", expect=400, advance="soon")
    stripe.control("clock", advance=10 * DAY)
    created = stripe.post("/v1/customers")["created"]
    assert abs(created - time.time() - 10 * DAY) < 60


def test_a_declined_hold_stays_and_another_card_can_pay_it(stripe: Stand) -> None:
    customer, good = stripe.saved_card()
    bad = stripe.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=customer)[
        "id"
    ]
    error = stripe.hold((customer, bad), expect=402)["error"]
    assert (error["code"], error["decline_code"]) == ("card_declined", "generic_decline")
    intent = error["payment_intent"]["id"]
    now = stripe.post(
        f"/v1/payment_intents/{intent}/confirm", payment_method=good, off_session="true"
    )
    assert (now["status"], now["last_payment_error"]) == ("requires_capture", None)


def test_a_bank_that_wants_the_cardholder_is_satisfied_on_session(stripe: Stand) -> None:
    card = stripe.saved_card("pm_card_authenticationRequired")
    error = stripe.hold(card, expect=402)["error"]
    assert error["code"] == error["decline_code"] == "authentication_required"
    intent = error["payment_intent"]
    secret = intent["client_secret"]
    browser = {
        "key": "pk_test_x",
        "client_secret": secret,
        "payment_method": card[1],
        "use_stripe_sdk": "true",
    }
    asked = stripe.http.post(f"/v1/payment_intents/{intent['id']}/confirm", data=browser).json()
    assert (asked["status"], asked["next_action"]["type"]) == ("requires_action", "use_stripe_sdk")
    stripe.control(f"3ds/{intent['id']}", outcome="succeed")
    held = stripe.get(f"/v1/payment_intents/{intent['id']}")
    assert held["status"] == "requires_capture"
    assert capture_before(stripe, held) == 7 * DAY  # the cardholder was there
    stripe.control(f"3ds/{intent['id']}", expect=409, outcome="succeed")


def test_nothing_of_a_refused_creation_is_left(stripe: Stand) -> None:
    card = stripe.saved_card()
    other = stripe.post("/v1/customers")["id"]
    stripe.hold((other, card[1]), expect=400)
    assert stripe.get("/v1/payment_intents")["data"] == []
    assert stripe.get("/v1/events", type="payment_intent.created")["data"] == []


def test_what_is_not_simulated_is_refused_and_not_ignored(stripe: Stand) -> None:
    card = stripe.saved_card()
    assert (
        "transfer_data"
        in stripe.hold(card, expect=400, transfer_data={"destination": "acct_1"})["error"][
            "message"
        ]
    )
    assert stripe.get("/v1/setup_attempts", expect=400)["error"]["type"] == "invalid_request_error"


def test_the_secret_key_may_bring_the_client_secret_too(stripe: Stand) -> None:
    intent = stripe.post("/v1/setup_intents")
    path, secret = f"/v1/setup_intents/{intent['id']}", intent["client_secret"]
    assert stripe.get(path, client_secret=secret)["id"] == intent["id"]
    assert stripe.get(path, expect=400, client_secret="wrong")["error"]["param"] == "client_secret"
    done = stripe.post(f"{path}/confirm", client_secret=secret, payment_method="pm_card_visa")
    assert done["status"] == "succeeded"
