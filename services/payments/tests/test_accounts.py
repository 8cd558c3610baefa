"""Payout accounts."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from services.payments.tests.actors import Make, Payments
from shared.auth import User
from shared.events import PayoutAccountChanged, UserEvent, UserRegistered, UserUpdated


async def test_account_is_opened_once_and_each_call_makes_a_new_link(either: Payments) -> None:
    user = await either.consultant(onboarded=False)
    assert (await either.harness.get("/payments/connect-account", user=user)).status_code == 404
    first = await either.harness.post("/payments/connect-account", user=user)
    assert first.status_code == 201
    assert set(first.json()) == {"account_id", "status", "onboarding_url", "expires_at"}
    assert first.json()["status"] == "pending"
    again = await either.harness.post("/payments/connect-account", user=user)
    assert again.status_code == 200
    assert again.json()["account_id"] == first.json()["account_id"]
    assert again.json()["onboarding_url"] != first.json()["onboarding_url"]
    read = (await either.harness.get("/payments/connect-account", user=user)).json()
    assert set(read) == {"account_id", "status", "requirements"}
    assert read["status"] == "pending"
    assert read["requirements"]
    await either.onboard(read["account_id"])
    read = (await either.harness.get("/payments/connect-account", user=user)).json()
    assert (read["status"], read["requirements"]) == ("active", [])
    assert [one.state for one in await either.harness.emitted(PayoutAccountChanged)] == [
        "pending",
        "active",
    ]


@pytest.mark.parametrize(
    ("outcome", "status"), [("restrict", "restricted"), ("reject", "rejected")]
)
async def test_account_that_may_not_receive(either: Payments, outcome: str, status: str) -> None:
    user = await either.consultant()
    account = (await either.harness.get("/payments/connect-account", user=user)).json()[
        "account_id"
    ]
    await either.onboard(account, outcome)
    read = (await either.harness.get("/payments/connect-account", user=user)).json()
    assert read["status"] == status
    states = [one.state for one in await either.harness.emitted(PayoutAccountChanged)]
    assert states == ["pending", "active", status]


async def test_state_is_read_at_stripe_when_no_event_came(payments: Payments) -> None:
    user = await payments.consultant(onboarded=False)
    account = (await payments.harness.post("/payments/connect-account", user=user)).json()[
        "account_id"
    ]
    await payments.stripe.control(f"accounts/{account}/onboard", outcome="complete")
    read = (await payments.harness.get("/payments/connect-account", user=user)).json()
    assert read["status"] == "active"


async def test_two_requests_at_once_make_one_account(payments: Payments) -> None:
    user = await payments.consultant(onboarded=False)
    answers = await asyncio.gather(
        *(payments.harness.post("/payments/connect-account", user=user) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len((await payments.stripe.get("/v1/accounts"))["data"]) == 1


# ---- where a verified address is wanted


def user_event(user: User, *, verified: bool, kind: type[UserEvent] = UserUpdated) -> UserEvent:
    return kind(
        user_id=user.id,
        role=user.role,
        first_name=user.first_name,
        last_name=user.last_name,
        email=f"{user.id}@example.com",
        email_verified=verified,
    )


@pytest.fixture
async def strict(make_payments: Make) -> Payments:
    """The service where REQUIRE_VERIFIED_EMAIL is set."""
    return await make_payments(require_verified_email="1")


async def test_account_is_opened_once_the_address_is_verified(strict: Payments) -> None:
    user = await strict.consultant(onboarded=False)
    headers = {"Idempotency-Key": "before"}
    for _ in range(2):
        refused = await strict.harness.post("/payments/connect-account", user=user, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "email_not_verified")
    assert (await strict.stripe.get("/v1/accounts"))["data"] == []
    assert (await strict.harness.get("/payments/connect-account", user=user)).status_code == 404
    await strict.harness.deliver(user_event(user, verified=True))
    assert (await strict.harness.post("/payments/connect-account", user=user)).status_code == 201


async def test_request_right_after_verifying_waits_for_the_news(strict: Payments) -> None:
    user = await strict.consultant(onboarded=False)
    request = asyncio.create_task(strict.harness.post("/payments/connect-account", user=user))
    await asyncio.sleep(0)
    await strict.harness.deliver(user_event(user, verified=True))
    assert (await request).status_code == 201


async def test_open_account_stays_open_when_the_address_changes(strict: Payments) -> None:
    user = strict.harness.user("consultant")
    await strict.harness.deliver(user_event(user, verified=True, kind=UserRegistered))
    assert (await strict.harness.post("/payments/connect-account", user=user)).status_code == 201
    await strict.harness.deliver(user_event(user, verified=False))
    assert (await strict.harness.post("/payments/connect-account", user=user)).status_code == 200


async def test_nobody_else_is_asked_for_a_verified_address(payments: Payments) -> None:
    user = payments.harness.user("consultant")
    await payments.harness.deliver(user_event(user, verified=False, kind=UserRegistered))
    assert (await payments.harness.post("/payments/connect-account", user=user)).status_code == 201


async def test_account_is_opened_without_an_address_that_stripe_refuses(
    either: Payments,
) -> None:
    user = either.harness.user("consultant")
    event = msgspec.structs.replace(
        user_event(user, verified=True, kind=UserRegistered), email="owner@localhost"
    )
    await either.harness.deliver(event)
    assert (await either.harness.post("/payments/connect-account", user=user)).status_code == 201
