"""Names and addresses as identity last said them, in whatever order its events arrive."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.payments.commands import account_checks, customers
from services.payments.stripe_api import Refused
from services.payments.stripe_api import cards as stripe_cards
from services.payments.tests.actors import Payments
from shared.auth import User
from shared.events import UserDeactivated, UserEvent, UserRegistered, UserUpdated
from shared.ids import new_id

KINDS = (UserRegistered, UserUpdated, UserUpdated, UserDeactivated)


@settings(
    max_examples=24,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(order=st.permutations(range(len(KINDS))))
async def test_newest_name_and_address_win_in_every_order(
    payments: Payments, order: list[int]
) -> None:
    user_id = new_id()
    for position in order:
        event = KINDS[position](
            user_id=user_id,
            role="seeker",
            first_name=f"Name {position}",
            last_name="Byron",
            email=f"address-{position}@example.org",
        )
        await payments.harness.deliver(event, sequence=position + 1)
    (row,) = await payments.harness.sql(
        "select first_name, email, last_sequence from users where user_id = $1", user_id
    )
    assert tuple(row) == ("Name 3", "", 4)  # erased with the account


def event_about(
    kind: type[UserEvent], user: User, *, email: str | None = None, first_name: str | None = None
) -> UserEvent:
    """An event about the user, by default with the name and address that they had so far."""
    return kind(
        user_id=user.id,
        role=user.role,
        first_name=first_name or user.first_name,
        last_name=user.last_name,
        email=email or f"{user.id}@example.com",
    )


async def fill_in(payments: Payments) -> dict[str, Any]:
    """The customer at Stripe after a run of the job."""
    assert not await customers.fill_in_emails(payments.harness.database, payments.state.stripe)
    (customer,) = (await payments.stripe.get("/v1/customers"))["data"]
    found: dict[str, Any] = customer
    return found


async def test_changed_address_is_passed_on_to_stripe(payments: Payments) -> None:
    seeker = await payments.seeker()
    customer = await fill_in(payments)
    assert customer["email"] == f"{seeker.id}@example.com"
    for name in ("Sam", "Renamed"):
        moved = event_about(UserUpdated, seeker, email="moved@example.org", first_name=name)
        await payments.harness.deliver(moved)
        assert (await fill_in(payments))["email"] == "moved@example.org"
    updates = await payments.stripe.requests(f"/v1/customers/{customer['id']}")
    assert len([one for one in updates if one["method"] == "POST"]) == 1


async def test_address_changed_during_the_call_is_passed_on_next(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeker = await payments.seeker()
    await payments.harness.deliver(event_about(UserUpdated, seeker, email="second@example.org"))
    set_email = stripe_cards.set_email

    async def meanwhile(*arguments: Any) -> None:
        monkeypatch.setattr(stripe_cards, "set_email", set_email)
        await set_email(*arguments)
        await payments.harness.deliver(event_about(UserUpdated, seeker, email="third@example.org"))

    monkeypatch.setattr(stripe_cards, "set_email", meanwhile)
    assert (await fill_in(payments))["email"] == "second@example.org"
    assert (await fill_in(payments))["email"] == "third@example.org"


async def test_refused_address_is_neither_retried_nor_logged(
    payments: Payments, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seeker = await payments.seeker()
    await payments.harness.deliver(event_about(UserUpdated, seeker, email="odd@localhost"))
    tried = []

    async def refuse(_: Any, customer_id: str, email: str) -> None:
        tried.append(email)
        raise Refused("email_invalid", f"Invalid email address: {email}")

    monkeypatch.setattr(stripe_cards, "set_email", refuse)
    for _ in range(2):
        await fill_in(payments)
    assert tried == ["odd@localhost"]
    assert "odd@localhost" not in "".join(capsys.readouterr())


async def test_address_of_a_closed_account_is_erased_here(payments: Payments) -> None:
    seeker, consultant = await payments.seeker(), await payments.consultant()
    for user in (seeker, consultant):
        await payments.harness.deliver(event_about(UserDeactivated, user))
    assert (await fill_in(payments))["email"] == f"{seeker.id}@example.com"  # Stripe keeps it
    await account_checks.fill_in_emails(payments.harness.database, payments.state.stripe)
    rows = await payments.harness.sql(
        "select u.email, concat(c.params, a.params) as params from users u"
        " left join customers c using (user_id) left join payout_accounts a using (user_id)"
    )
    assert len(rows) == 2
    for row in rows:
        assert row["email"] == ""
        assert "@" not in row["params"]
