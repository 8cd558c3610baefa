"""Verifying the address of an account."""

from datetime import timedelta
from typing import Any

import pytest

from services.identity.tests.links import invalid, last, reset, verify
from shared import clock
from shared.events import (
    EmailVerificationRequested,
    UserUpdated,
)


async def test_an_address_is_verified_by_the_link_that_was_sent_to_it(identity: Any) -> None:
    session = await identity.session()
    assert session["user"]["email_verified"] is False
    sent = await last(identity, EmailVerificationRequested)
    assert (sent.email, sent.welcome) == ("ada@example.org", True)
    assert (await verify(identity, sent.token)).status_code == 204
    assert (await identity.me(session)).json()["email_verified"] is True
    assert (await last(identity, UserUpdated)).email_verified is True


async def test_a_link_works_once_and_for_a_day(identity: Any) -> None:
    await identity.session()
    token = (await last(identity, EmailVerificationRequested)).token
    assert (await verify(identity, token)).status_code == 204
    assert invalid(await verify(identity, token))
    await identity.session("bob@example.org")
    late = (await last(identity, EmailVerificationRequested)).token
    with clock.shifted(timedelta(hours=24)):
        assert invalid(await verify(identity, late))


@pytest.mark.parametrize("token", ["x", "a" * 512, "\U0001f511", "'; drop table users"])
async def test_an_unknown_token_is_refused(identity: Any, token: str) -> None:
    assert invalid(await verify(identity, token))
    assert invalid(await reset(identity, token))


async def test_the_verification_mail_is_sent_again_three_times_an_hour(identity: Any) -> None:
    session = await identity.session()
    first = (await last(identity, EmailVerificationRequested)).token
    path = "/users/me/verification-email"
    answers = [await identity.call("POST", path, session) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert int(answers[-1].headers["retry-after"]) > 3000
    assert len(await identity.harness.emitted(EmailVerificationRequested)) == 4
    assert invalid(await verify(identity, first))  # the newest link is the one that works
    newest = (await last(identity, EmailVerificationRequested)).token
    assert (await verify(identity, newest)).status_code == 204
    assert (await identity.call("POST", path, session)).status_code == 202
    assert len(await identity.harness.emitted(EmailVerificationRequested)) == 4


async def test_the_same_request_for_a_verification_mail_again_sends_no_second(
    identity: Any,
) -> None:
    session, path = await identity.session(), "/users/me/verification-email"
    headers = {"idempotency-key": "once"}
    for _ in range(5):
        answer = await identity.call("POST", path, session, headers=headers)
        assert answer.status_code == 202
    assert len(await identity.harness.emitted(EmailVerificationRequested)) == 2


async def test_key_of_a_request_that_came_too_soon_works_when_it_comes_again(
    identity: Any,
) -> None:
    session, path = await identity.session(), "/users/me/verification-email"
    for _ in range(3):
        await identity.call("POST", path, session)
    headers = {"idempotency-key": "again"}
    answer = await identity.call("POST", path, session, headers=headers)
    assert answer.status_code == 429
    with clock.shifted(timedelta(seconds=int(answer.headers["retry-after"]))):
        again = await identity.call("POST", path, session, headers=headers)
    assert again.status_code == 202


async def test_key_of_a_request_that_was_not_signed_in_works_after_signing_in(
    identity: Any,
) -> None:
    session, path = await identity.session(), "/users/me/verification-email"
    headers = {"idempotency-key": "again"}
    await identity.call("POST", "/users/logout", session)
    assert (await identity.call("POST", path, session, headers=headers)).status_code == 401
    session = (await identity.log_in()).json()
    assert (await identity.call("POST", path, session, headers=headers)).status_code == 202


async def test_answer_without_content_is_null_with_a_key_and_without(identity: Any) -> None:
    session, path = await identity.session(), "/users/me/verification-email"
    for headers in ({}, {"idempotency-key": "once"}, {"idempotency-key": "once"}):
        answer = await identity.call("POST", path, session, headers=headers)
        assert (answer.status_code, answer.json()) == (202, None)
        assert answer.headers["content-type"] == "application/json"
