"""What no event has reported of payout accounts is found all the same."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from services.payments import announce_payout_accounts
from services.payments.commands import accounts as account_commands
from services.payments.commands import announcements
from services.payments.commands.account_checks import fill_in_emails, refresh_unseen
from services.payments.stripe_api import Refused, Stripe, Uncertain
from services.payments.stripe_api import accounts as stripe_accounts
from services.payments.stripe_api.accounts import Account
from services.payments.tests.actors import Payments
from services.payments.tests.test_accounts import user_event
from shared import clock
from shared.events import PayoutAccountChanged


async def test_active_account_whose_event_was_lost_is_looked_at_within_a_day(
    payments: Payments,
) -> None:
    user = await payments.consultant()
    account = (await payments.harness.get("/payments/connect-account", user=user)).json()
    await refresh_unseen(payments.harness.database, payments.state.stripe)
    await payments.stripe.control(f"accounts/{account['account_id']}/onboard", outcome="restrict")
    await payments.stripe.new_events()  # lost
    await refresh_unseen(payments.harness.database, payments.state.stripe)
    assert await states(payments) == ["active"], "it was looked at a moment ago"
    with clock.shifted(timedelta(days=1, minutes=1)):
        await refresh_unseen(payments.harness.database, payments.state.stripe)
    assert await states(payments) == ["restricted"]
    changed = await payments.harness.emitted(PayoutAccountChanged)
    assert [one.state for one in changed] == ["pending", "active", "restricted"]


async def states(payments: Payments) -> list[str]:
    rows = await payments.harness.sql("select status from payout_accounts order by created_at")
    return [row["status"] for row in rows]


async def test_account_that_cannot_be_read_holds_up_no_other(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = [await payments.consultant(onboarded=False) for _ in range(2)]
    accounts = [
        (await payments.harness.post("/payments/connect-account", user=user)).json()["account_id"]
        for user in users
    ]
    for account in accounts:
        await payments.stripe.control(f"accounts/{account}/onboard", outcome="complete")
    await payments.stripe.new_events()  # lost
    read = stripe_accounts.account

    async def fail(stripe: Stripe, account_id: str) -> Account:
        if account_id == accounts[0]:
            raise Uncertain("500")
        return await read(stripe, account_id)

    with monkeypatch.context() as patch, clock.shifted(timedelta(days=1, minutes=1)):
        patch.setattr(stripe_accounts, "account", fail)
        await refresh_unseen(payments.harness.database, payments.state.stripe)
    assert await states(payments) == ["pending", "active"]
    with clock.shifted(timedelta(days=1, hours=1, minutes=2)):
        await refresh_unseen(payments.harness.database, payments.state.stripe)
    assert await states(payments) == ["active", "active"]


async def test_older_look_does_not_undo_a_newer_one(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several events of one account are handled at once, each with a look of its own."""
    user = await payments.consultant(onboarded=False)
    made = (await payments.harness.post("/payments/connect-account", user=user)).json()
    account_id = made["account_id"]
    database, stripe, read = (
        payments.harness.database,
        payments.state.stripe,
        stripe_accounts.account,
    )

    async def read_slowly(stripe: Stripe, account_id: str) -> Account:
        monkeypatch.setattr(stripe_accounts, "account", read)
        seen = await read(stripe, account_id)
        await payments.stripe.control(f"accounts/{account_id}/onboard", outcome="complete")
        await account_commands.refresh(database, stripe, user.id, account_id)
        return seen

    monkeypatch.setattr(stripe_accounts, "account", read_slowly)
    shown = await account_commands.refresh(database, stripe, user.id, account_id)
    assert shown.status == "active"
    assert await states(payments) == ["active"]
    changed = await payments.harness.emitted(PayoutAccountChanged)
    assert [one.state for one in changed] == ["pending", "active"]


async def test_address_known_after_the_account_was_made_is_filled_in(
    either: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_commands, "WAIT_FOR_USER", 0.0)
    user = either.harness.user("consultant", first_name="Quick", last_name="Consultant")
    answer = await either.harness.post("/payments/connect-account", user=user)
    account = answer.json()["account_id"]
    database, stripe = either.harness.database, either.state.stripe
    assert await fill_in_emails(database, stripe) is False
    assert (await either.stripe.get(f"/v1/accounts/{account}"))["email"] is None
    await either.registered(user)
    for _ in range(2):
        assert await fill_in_emails(database, stripe) is False
    shown = await either.stripe.get(f"/v1/accounts/{account}")
    assert shown["email"] == f"{user.id}@example.com"
    path = "/v2/core/accounts" if either.state.stripe.accounts == "v2" else "/v1/accounts"
    assert len(await either.stripe.requests(f"{path}/{account}")) >= 1


async def test_address_that_stripe_does_not_take_is_tried_once(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_commands, "WAIT_FOR_USER", 0.0)
    user = payments.harness.user("consultant")
    await payments.harness.post("/payments/connect-account", user=user)
    event = msgspec.structs.replace(user_event(user, verified=False), email="odd@localhost")
    await payments.harness.deliver(event)
    tried = []

    async def refuse(_: Stripe, account_id: str, email: str) -> None:
        tried.append((account_id, email))
        raise Refused("email_invalid", "Invalid email address")

    monkeypatch.setattr(stripe_accounts, "set_email", refuse)
    for _ in range(2):
        await fill_in_emails(payments.harness.database, payments.state.stripe)
    assert [email for _, email in tried] == ["odd@localhost"]


# ---- accounts announced again


async def test_every_payout_account_is_announced_as_it_is(
    payments: Payments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "ANNOUNCED_AT_ONCE", 2)
    users = [await payments.consultant() for _ in range(3)]
    before = len(await payments.harness.emitted(PayoutAccountChanged))
    assert await announce_payout_accounts.announce(payments.harness.service.settings) == 3
    events = (await payments.harness.emitted(PayoutAccountChanged))[before:]
    assert {event.user_id for event in events} == {user.id for user in users}
    assert {event.state for event in events} == {"active"}
