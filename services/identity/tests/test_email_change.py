"""Changing the address of an account."""

import asyncio
from typing import Any

import pytest

from services.identity.commands import recovery
from services.identity.tests.conftest import PASSWORD
from services.identity.tests.links import (
    NEW,
    change_email,
    invalid,
    last,
    reset,
    reset_token,
    verify,
)
from services.identity.tests.signing_in import refused
from services.identity.tests.test_registration import fields
from shared.events import (
    EmailChanged,
    EmailChangeRequested,
    EmailVerificationRequested,
    UserUpdated,
)


async def test_the_same_change_of_address_again_sends_no_second_mail(identity: Any) -> None:
    session = await identity.session()
    once: dict[str, Any] = {"headers": {"idempotency-key": "once"}}
    for _ in range(5):
        answer = await change_email(identity, session, "countess@example.org", **once)
        assert answer.status_code == 202
    assert len(await identity.harness.emitted(EmailChangeRequested)) == 1
    other = await change_email(identity, session, "duchess@example.org", **once)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_the_same_change_again_is_accepted_after_it_was_made(identity: Any) -> None:
    session = await identity.session()
    once: dict[str, Any] = {"headers": {"idempotency-key": "once"}}
    await change_email(identity, session, "countess@example.org", **once)
    await verify(identity, (await last(identity, EmailChangeRequested)).token)
    answer = await change_email(identity, session, "countess@example.org", **once)
    assert answer.status_code == 202
    await identity.call(
        "POST",
        "/users/me/password",
        session,
        json={"current_password": PASSWORD, "new_password": NEW},
    )
    answer = await change_email(identity, session, "countess@example.org", **once)
    assert answer.status_code == 202
    assert len(await identity.harness.emitted(EmailChangeRequested)) == 1


async def test_key_of_a_refused_change_is_free_for_the_right_password(identity: Any) -> None:
    session = await identity.session()
    once: dict[str, Any] = {"headers": {"idempotency-key": "once"}}
    wrong = await change_email(identity, session, "new@example.org", "not the password", **once)
    assert refused(wrong, "invalid_credentials")
    assert (await change_email(identity, session, "new@example.org", **once)).status_code == 202


async def test_a_new_address_counts_when_its_link_was_followed(identity: Any) -> None:
    session = await identity.session()
    assert (await change_email(identity, session, "Countess@example.org")).status_code == 202
    asked = await last(identity, EmailChangeRequested)
    assert (asked.old_email, asked.new_email) == ("ada@example.org", "Countess@example.org")
    assert (await identity.me(session)).json()["email"] == "ada@example.org"
    assert (await identity.log_in()).status_code == 200
    assert (await verify(identity, asked.token)).status_code == 204
    me = (await identity.me(session)).json()
    assert (me["email"], me["email_verified"]) == ("Countess@example.org", True)
    assert (await identity.log_in("countess@EXAMPLE.org")).status_code == 200
    assert refused(await identity.log_in(), "invalid_credentials")
    changed = await last(identity, EmailChanged)
    assert (changed.old_email, changed.new_email) == ("ada@example.org", "Countess@example.org")
    assert (await last(identity, UserUpdated)).email == "Countess@example.org"


async def test_a_taken_address_is_only_said_to_be_taken_by_the_link(identity: Any) -> None:
    await identity.session("bob@example.org")
    session = await identity.session()
    assert (await change_email(identity, session, "Bob@example.org")).status_code == 202
    answer = await verify(identity, (await last(identity, EmailChangeRequested)).token)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert (await identity.me(session)).json()["email"] == "ada@example.org"


async def test_of_two_who_want_one_address_one_gets_it(identity: Any) -> None:
    tokens = []
    for name in ("ada", "bob", "eve"):
        session = await identity.session(f"{name}@example.org")
        assert (await change_email(identity, session, "wanted@example.org")).status_code == 202
        tokens.append((await last(identity, EmailChangeRequested)).token)
    answers = await asyncio.gather(*(verify(identity, token) for token in tokens))
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409]


async def test_many_accounts_cannot_fill_a_strangers_mailbox(identity: Any) -> None:
    sessions = [await identity.session(email=f"{number}@example.org") for number in range(8)]
    spellings = ("stranger@example.org", "Stranger@EXAMPLE.org")
    answers = [
        await change_email(identity, session, spellings[number % 2])
        for number, session in enumerate(sessions)
    ]
    assert [answer.status_code for answer in answers] == [202] * 6 + [429] * 2
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3600
    assert len(await identity.harness.emitted(EmailChangeRequested)) == 6
    # Another address can still be entered.
    assert (await change_email(identity, sessions[-1], "mine@example.org")).status_code == 202


async def test_changing_the_address_needs_the_password(identity: Any) -> None:
    session = await identity.session()
    answer = await change_email(identity, session, "new@example.org", "not the password")
    assert refused(answer, "invalid_credentials")
    same = await change_email(identity, session, "ADA@example.org")
    assert same.status_code == 400
    assert fields(same) == {"new_email": "This is your address already."}


async def test_a_link_to_an_old_address_is_void_after_a_change(identity: Any) -> None:
    session = await identity.session()
    old = (await last(identity, EmailVerificationRequested)).token
    forgotten = await reset_token(identity)
    await change_email(identity, session, "new@example.org")
    await verify(identity, (await last(identity, EmailChangeRequested)).token)
    assert invalid(await verify(identity, old))
    assert invalid(await reset(identity, forgotten))


async def test_a_new_password_ends_a_change_of_address_that_waits(identity: Any) -> None:
    session = await identity.session()
    await change_email(identity, session, "intruder@example.org")
    token = (await last(identity, EmailChangeRequested)).token
    body = {"current_password": PASSWORD, "new_password": NEW}
    changed = await identity.call("POST", "/users/me/password", session, json=body)
    assert changed.status_code == 204
    assert invalid(await verify(identity, token))
    assert (await identity.me(session)).json()["email"] == "ada@example.org"


async def test_an_address_that_is_taken_in_the_same_moment_is_taken(
    identity: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await identity.session()
    await change_email(identity, session, "bob@example.org")
    token = (await last(identity, EmailChangeRequested)).token
    await identity.session("bob@example.org")

    async def not_yet(*_: Any) -> bool:
        return True

    monkeypatch.setattr(recovery, "is_free", not_yet)
    answer = await verify(identity, token)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
