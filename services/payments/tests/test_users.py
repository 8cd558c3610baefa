"""Names and addresses as identity last said them, in whatever order its events arrive."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.payments.commands import account_checks, customers
from services.payments.commands import accounts as account_commands
from services.payments.store import accounts as accounts_store
from services.payments.store import customers as customers_store
from services.payments.stripe_api import Refused
from services.payments.stripe_api import accounts as stripe_accounts
from services.payments.stripe_api import cards as stripe_cards
from services.payments.tests.actors import Payments
from shared.auth import User
from shared.events import UserDeactivated, UserEvent, UserUpdated
from shared.ids import new_id
from shared.testing.orders import (
    ACCOUNT_EVENTS,
    Order,
    account_events,
    deliver_in_order,
    in_every_order,
)
from shared.testing.waiting import eventually


@in_every_order(len(ACCOUNT_EVENTS))
async def test_newest_name_and_address_win_in_every_order(payments: Payments, order: Order) -> None:
    user_id = new_id()
    await deliver_in_order(payments.harness.deliver, account_events(user_id, "seeker"), order)
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


# ---- closed while Stripe is given the address, or a copy of it is stored


async def test_address_that_is_erased_while_the_account_is_given_it_stays_erased(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await payments.consultant(onboarded=False)
    await payments.harness.post("/payments/connect-account", user=user)
    await payments.harness.sql("update payout_accounts set params = params - 'email'")
    set_email = stripe_accounts.set_email

    async def set_and_close(*arguments: Any) -> None:
        await set_email(*arguments)
        await payments.harness.deliver(event_about(UserDeactivated, user))

    monkeypatch.setattr(stripe_accounts, "set_email", set_and_close)
    await account_checks.fill_in_emails(payments.harness.database, payments.state.stripe)
    assert "@" not in await params_of(payments, "payout_accounts")


async def test_address_that_is_erased_while_an_account_is_opened_is_not_stored(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await payments.consultant(onboarded=False)
    known = account_commands._known

    async def know_and_close(*arguments: Any, **named: Any) -> Any:
        found = await known(*arguments, **named)
        await payments.harness.deliver(event_about(UserDeactivated, user))
        return found

    monkeypatch.setattr(account_commands, "_known", know_and_close)
    await payments.harness.post("/payments/connect-account", user=user)
    assert "@" not in await params_of(payments, "payout_accounts")


@pytest.mark.parametrize("copy", ["customers", "payout_accounts"])
async def test_address_is_erased_from_a_copy_that_is_stored_at_the_same_moment(
    payments: Payments, monkeypatch: pytest.MonkeyPatch, copy: str
) -> None:
    """The account is closed after its address was read, and before the copy is committed."""
    user = await payments.seeker(card=None)
    if copy == "payout_accounts":
        user = await payments.consultant(onboarded=False)
    store = customers_store if copy == "customers" else accounts_store
    add = store.add
    closing: list[asyncio.Task[None]] = []

    async def close_and_add(*arguments: Any) -> Any:
        task = asyncio.create_task(payments.harness.deliver(event_about(UserDeactivated, user)))
        closing.append(task)

        async def is_decided() -> bool:
            waiting = await payments.harness.sql("select 1 from pg_locks where not granted")
            return task.done() or bool(waiting)

        await eventually(is_decided)
        return await add(*arguments)

    monkeypatch.setattr(store, "add", close_and_add)
    if copy == "customers":
        await payments.harness.post("/payments/setup-intent", user=user)
    else:
        await payments.harness.post("/payments/connect-account", user=user)
    await asyncio.gather(*closing)
    assert "@" not in await params_of(payments, copy)


async def params_of(payments: Payments, table: str) -> str:
    """What the only customer or account was created with."""
    (row,) = await payments.harness.sql(f"select params from {table}")
    params: str = row["params"]
    return params
