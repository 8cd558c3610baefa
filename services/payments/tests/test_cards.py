"""The card on file."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from services.payments.commands import cards, customers
from services.payments.routes import idempotency
from services.payments.tests.actors import Payments
from shared import clock
from shared.auth import User
from shared.events import PaymentMethodChanged, UserRegistered
from shared.problems import Problem, RateLimited, Unauthenticated


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


async def test_setups_at_once_make_one_customer(payments: Payments) -> None:
    seeker = payments.harness.user("seeker")
    answers = await asyncio.gather(
        *(payments.harness.post("/payments/setup-intent", user=seeker) for _ in range(5))
    )
    assert [answer.status_code for answer in answers] == [201] * 5
    (customer,) = (await payments.stripe.get("/v1/customers"))["data"]
    assert customer["metadata"] == {"user_id": str(seeker.id)}


async def test_customer_deleted_at_stripe_is_created_again(payments: Payments) -> None:
    seeker = await payments.seeker()
    (gone,) = (await payments.stripe.get("/v1/customers"))["data"]
    assert (await payments.stripe.http.delete(f"/v1/customers/{gone['id']}")).status_code == 200
    answers = await asyncio.gather(
        *(payments.harness.post("/payments/setup-intent", user=seeker) for _ in range(3))
    )
    assert [answer.status_code for answer in answers] == [201] * 3
    (made,) = (await payments.stripe.get("/v1/customers"))["data"]
    assert made["id"] != gone["id"]
    assert (await payments.harness.get("/payments/payment-method", user=seeker)).status_code == 404
    await payments.save_card(seeker)
    assert (await payments.harness.get("/payments/payment-method", user=seeker)).status_code == 200


async def test_address_known_after_the_customer_was_made_is_filled_in(
    payments: Payments,
) -> None:
    seeker = payments.harness.user("seeker")
    assert (await payments.harness.post("/payments/setup-intent", user=seeker)).status_code == 201
    database, stripe = payments.harness.database, payments.state.stripe
    assert await customers.fill_in_emails(database, stripe) is False
    (customer,) = (await payments.stripe.get("/v1/customers"))["data"]
    assert customer["email"] is None
    await payments.registered(seeker)
    for _ in range(2):
        assert await customers.fill_in_emails(database, stripe) is False
    (customer,) = (await payments.stripe.get("/v1/customers"))["data"]
    assert customer["email"] == f"{seeker.id}@example.com"
    updates = await payments.stripe.requests(f"/v1/customers/{customer['id']}")
    assert len(updates) == 1


@pytest.mark.parametrize("mode", ["500_after", "500", "timeout_after"])
async def test_trouble_with_the_customer_ends_in_one(payments: Payments, mode: str) -> None:
    seeker = payments.harness.user("seeker")
    await payments.stripe.fail_next("/v1/customers", mode, 1)
    assert (await payments.harness.post("/payments/setup-intent", user=seeker)).status_code == 201
    assert len((await payments.stripe.get("/v1/customers"))["data"]) == 1


async def test_idempotency_key_gives_the_first_setup_again(payments: Payments) -> None:
    seeker, key = payments.harness.user("seeker"), {"idempotency-key": "once"}
    answers = await asyncio.gather(
        *(
            payments.harness.post("/payments/setup-intent", user=seeker, headers=key)
            for _ in range(4)
        )
    )
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["setup_intent_id"] for answer in answers}) == 1
    other = await payments.harness.post(
        "/payments/setup-intent", user=seeker, headers={"idempotency-key": "other"}
    )
    assert other.json()["setup_intent_id"] != answers[0].json()["setup_intent_id"]
    bad = await payments.harness.post(
        "/payments/setup-intent", user=seeker, headers={"idempotency-key": "x" * 256}
    )
    assert bad.status_code == 400


async def test_stored_answers_are_sealed(payments: Payments) -> None:
    """They hold secrets with which their bearer can act."""
    headers = {"Idempotency-Key": "sealed"}
    seeker = await payments.seeker(card=None)
    consultant = await payments.consultant(onboarded=False)
    for path, user, secret in (
        ("/payments/setup-intent", seeker, "client_secret"),
        ("/payments/connect-account", consultant, "onboarding_url"),
    ):
        first = (await payments.harness.post(path, user=user, headers=headers)).json()
        (row,) = await payments.harness.sql(
            "select body from idempotency_keys where user_id = $1", user.id
        )
        assert first[secret].encode() not in row["body"]
        again = await payments.harness.post(path, user=user, headers=headers)
        assert again.json() == first


async def test_answer_sealed_with_a_key_that_was_rolled_is_made_again(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Idempotency-Key": "rolled"}
    seeker = await payments.seeker(card=None)
    path = "/payments/setup-intent"
    first = (await payments.harness.post(path, user=seeker, headers=headers)).json()
    with monkeypatch.context() as patch:
        other = Fernet(Fernet.generate_key())
        patch.setattr(idempotency, "response_cipher", lambda _: other)
        second = await payments.harness.post(path, user=seeker, headers=headers)
    assert second.status_code == 201
    assert second.json()["setup_intent_id"] != first["setup_intent_id"]


async def test_claim_that_was_given_up_takes_no_other_with_it(payments: Payments) -> None:
    """Two requests find the claim of one whose process died: the second to give it up must leave
    the claim that the first has made since.
    """
    user = await payments.seeker(card=None)
    state, at = payments.state, clock.now()

    def slot() -> idempotency.IdempotentCall:
        cipher = idempotency.response_cipher(state)
        return idempotency.IdempotentCall(payments.harness.database, user.id, "key", cipher)

    dead, first, late = slot(), slot(), slot()
    assert await dead.claim_key(b"body") is None
    with clock.shifted(idempotency.ABANDONED * 2):
        assert await first.claim_key(b"body") is None
        for other in (
            late._release_key(at),
            dead._release_own_key(),
            dead._store_response(201, b"late"),
        ):
            await other
        rows = await payments.harness.sql("select created_at, status from idempotency_keys")
    assert [(row["created_at"] > at, row["status"]) for row in rows] == [(True, None)]


async def test_stripe_away_is_a_503_that_leaves_the_key_free(payments: Payments) -> None:
    seeker, key = payments.harness.user("seeker"), {"idempotency-key": "again"}
    await payments.stripe.fail_next("/v1/setup_intents", "500", 3)
    answer = await payments.harness.post("/payments/setup-intent", user=seeker, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (503, "stripe_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert (
        await payments.harness.post("/payments/setup-intent", user=seeker, headers=key)
    ).status_code == 201


@pytest.mark.parametrize(
    "refusal", [RateLimited("calls", quota=1, seconds=1), Unauthenticated()], ids=type
)
async def test_refusal_that_passes_leaves_the_key_free(
    payments: Payments, monkeypatch: pytest.MonkeyPatch, refusal: Problem
) -> None:
    async def refuse(*_: object) -> None:
        raise refusal

    seeker, key = payments.harness.user("seeker"), {"idempotency-key": "again"}
    with monkeypatch.context() as patch:
        patch.setattr(cards, "start_setup", refuse)
        answer = await payments.harness.post("/payments/setup-intent", user=seeker, headers=key)
        assert answer.status_code == refusal.status
    again = await payments.harness.post("/payments/setup-intent", user=seeker, headers=key)
    assert again.status_code == 201


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


async def test_customer_is_made_without_an_address_that_stripe_refuses(payments: Payments) -> None:
    user = payments.harness.user("seeker")
    await payments.harness.deliver(
        UserRegistered(
            user_id=user.id, role="seeker", first_name="S", last_name="", email="owner@localhost"
        )
    )
    for _ in range(2):
        answer = await payments.harness.post("/payments/setup-intent", user=user)
        assert answer.status_code == 201, answer.text
    (customer,) = (await payments.stripe.get("/v1/customers"))["data"]
    assert customer["email"] is None
    assert customer["metadata"] == {"user_id": str(user.id)}
