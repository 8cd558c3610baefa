"""Stripe's customer of a seeker: one, whatever goes wrong while it is made."""

from __future__ import annotations

import asyncio

import pytest

from services.payments.commands import customers
from services.payments.tests.actors import Payments
from shared.events import UserRegistered


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
