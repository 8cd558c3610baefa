"""The card on file."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.payments.commands import cards
from services.payments.tests.actors import Payments
from shared import clock
from shared.auth import User
from shared.events import PaymentMethodChanged


async def test_saved_card_is_on_file(payments: Payments) -> None:
    seeker = await payments.seeker(card=None)
    answer = await payments.harness.get("/payments/payment-method", user=seeker)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_payment_method")
    made = await payments.harness.post("/payments/setup-intent", user=seeker)
    assert made.status_code == 201
    assert set(made.json()) == {"setup_intent_id", "client_secret", "publishable_key"}
    await payments.save_card(seeker)
    card = (await payments.harness.get("/payments/payment-method", user=seeker)).json()
    assert set(card) == {"id", "brand", "last4", "exp_month", "exp_year"}
    assert (card["brand"], card["last4"]) == ("visa", "4242")


async def test_replaced_card_is_detached(payments: Payments) -> None:
    seeker = await payments.seeker()
    first = (await payments.harness.get("/payments/payment-method", user=seeker)).json()
    await payments.save_card(seeker, "pm_card_mastercard")
    second = (await payments.harness.get("/payments/payment-method", user=seeker)).json()
    assert second["brand"] == "mastercard"
    assert (await payments.stripe.get(f"/v1/payment_methods/{first['id']}"))["customer"] is None
    assert (await payments.stripe.get(f"/v1/payment_methods/{second['id']}"))[
        "customer"
    ] is not None
    assert [one.state for one in await payments.harness.emitted(PaymentMethodChanged)] == [
        "saved",
        "saved",
    ]


async def test_late_event_about_an_older_card_does_not_bring_it_back(payments: Payments) -> None:
    seeker = await payments.seeker(card=None)
    setups = []
    for card in ("pm_card_visa", "pm_card_mastercard"):
        made = (await payments.harness.post("/payments/setup-intent", user=seeker)).json()
        await payments.stripe.post(
            f"/v1/setup_intents/{made['setup_intent_id']}/confirm", payment_method=card
        )
        setups.append(made["setup_intent_id"])
    for setup in reversed(setups):
        await cards.check_setup(payments.harness.database, payments.state.stripe, setup)
    await payments.settle()
    assert (await payments.harness.get("/payments/payment-method", user=seeker)).json()[
        "brand"
    ] == "mastercard"
    (customer,) = (await payments.stripe.get("/v1/customers"))["data"]
    left = (await payments.stripe.get(f"/v1/customers/{customer['id']}/payment_methods"))["data"]
    assert [one["card"]["brand"] for one in left] == ["mastercard"]


async def open_form(payments: Payments, seeker: User) -> str:
    """A SetupIntent, which the seeker has not confirmed yet."""
    made = await payments.harness.post("/payments/setup-intent", user=seeker)
    setup_intent_id: str = made.json()["setup_intent_id"]
    return setup_intent_id


async def confirm(payments: Payments, setup_intent_id: str, card: str) -> None:
    path = f"/v1/setup_intents/{setup_intent_id}/confirm"
    await payments.stripe.post(path, payment_method=card)


async def shown(payments: Payments, seeker: User) -> str | None:
    """The brand of the card on file."""
    answer = await payments.harness.get("/payments/payment-method", user=seeker)
    return answer.json()["brand"] if answer.status_code == 200 else None


async def attached(payments: Payments) -> list[str]:
    """The brands of the only customer's cards at Stripe."""
    (customer,) = (await payments.stripe.get("/v1/customers"))["data"]
    path = f"/v1/customers/{customer['id']}/payment_methods"
    return [one["card"]["brand"] for one in (await payments.stripe.get(path))["data"]]


@pytest.mark.parametrize("removed", [False, True])
async def test_card_confirmed_last_is_kept_though_its_form_was_opened_first(
    payments: Payments, removed: bool
) -> None:
    seeker = await payments.seeker(card=None)
    first, second = await open_form(payments, seeker), await open_form(payments, seeker)
    await confirm(payments, second, "pm_card_visa")
    await payments.settle()
    if removed:
        await payments.harness.delete("/payments/payment-method", user=seeker)
        await payments.settle()
    await payments.stripe.advance(60)
    await confirm(payments, first, "pm_card_mastercard")
    await payments.settle()
    assert await shown(payments, seeker) == "mastercard"
    assert await attached(payments) == ["mastercard"]


async def test_card_whose_challenge_was_passed_last_is_kept_though_it_was_entered_first(
    payments: Payments,
) -> None:
    seeker = await payments.seeker(card=None)
    first = await open_form(payments, seeker)
    await confirm(payments, first, "pm_card_authenticationRequiredOnSetup")
    await payments.stripe.advance(60)
    await payments.save_card(seeker, "pm_card_mastercard")
    await payments.stripe.advance(60)
    await payments.stripe.control(f"3ds/{first}", outcome="succeed")
    await payments.settle()
    assert await shown(payments, seeker) == "visa"
    assert await attached(payments) == ["visa"]


async def test_card_confirmed_before_the_seeker_removed_theirs_is_not_saved_by_a_late_event(
    payments: Payments,
) -> None:
    seeker = await payments.seeker()
    await confirm(payments, await open_form(payments, seeker), "pm_card_mastercard")
    with clock.shifted(timedelta(seconds=60)):
        await payments.harness.delete("/payments/payment-method", user=seeker)
        await payments.settle()
    assert await shown(payments, seeker) is None
    assert await attached(payments) == []


async def test_card_confirmed_after_another_was_detached_in_the_dashboard_is_kept(
    payments: Payments,
) -> None:
    """The event of the detachment is handled before that of the newer card."""
    seeker = await payments.seeker()
    card = (await payments.harness.get("/payments/payment-method", user=seeker)).json()
    await payments.stripe.post(f"/v1/payment_methods/{card['id']}/detach")
    await payments.stripe.advance(60)
    await confirm(payments, await open_form(payments, seeker), "pm_card_mastercard")
    with clock.shifted(timedelta(seconds=120)):
        await payments.settle()
    assert await shown(payments, seeker) == "mastercard"


async def test_removed_card_is_detached_and_stays_removed(payments: Payments) -> None:
    seeker = await payments.seeker()
    card = (await payments.harness.get("/payments/payment-method", user=seeker)).json()
    assert (
        await payments.harness.delete("/payments/payment-method", user=seeker)
    ).status_code == 204
    assert (await payments.harness.get("/payments/payment-method", user=seeker)).status_code == 404
    assert (
        await payments.harness.delete("/payments/payment-method", user=seeker)
    ).status_code == 404
    await payments.settle()
    assert (await payments.stripe.get(f"/v1/payment_methods/{card['id']}"))["customer"] is None
    assert [one.state for one in await payments.harness.emitted(PaymentMethodChanged)] == [
        "saved",
        "removed",
    ]
    await payments.save_card(seeker)
    assert (await payments.harness.get("/payments/payment-method", user=seeker)).status_code == 200


async def test_card_detached_in_the_dashboard_is_off_file(payments: Payments) -> None:
    seeker = await payments.seeker()
    card = (await payments.harness.get("/payments/payment-method", user=seeker)).json()
    await payments.stripe.post(f"/v1/payment_methods/{card['id']}/detach")
    await payments.settle()
    assert (await payments.harness.get("/payments/payment-method", user=seeker)).status_code == 404


async def test_card_whose_event_was_lost_is_found_by_asking(payments: Payments) -> None:
    seeker = await payments.seeker(card=None)
    made = (await payments.harness.post("/payments/setup-intent", user=seeker)).json()
    await payments.stripe.post(
        f"/v1/setup_intents/{made['setup_intent_id']}/confirm", payment_method="pm_card_visa"
    )
    await payments.harness.sql(
        "update setup_intents set created_at = created_at - interval '1 minute', check_at = now()"
    )
    await cards.check_open_setups(payments.harness.database, payments.state.stripe)
    assert (await payments.harness.get("/payments/payment-method", user=seeker)).status_code == 200


async def test_setups_are_pruned_two_months_after_their_outcome(payments: Payments) -> None:
    made = []
    for _ in range(3):
        seeker = await payments.seeker(card=None)
        response = await payments.harness.post("/payments/setup-intent", user=seeker)
        made.append(response.json()["setup_intent_id"])
    ended, lately, open_ = made
    state = (
        "update setup_intents set state = $2, check_at = now() - $3::interval "
        "where setup_intent_id = $1"
    )
    await payments.harness.sql(state, ended, "done", timedelta(days=61))
    await payments.harness.sql(state, lately, "done", timedelta(days=59))
    await payments.harness.sql(state, open_, "open", timedelta(days=61))
    await payments.harness.prune()
    left = await payments.harness.sql("select setup_intent_id from setup_intents")
    assert {row["setup_intent_id"] for row in left} == {lately, open_}
