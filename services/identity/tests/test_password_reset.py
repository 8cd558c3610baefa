"""Choosing a new password by a link."""

from datetime import timedelta
from typing import Any

import jwt

from services.identity.commands.recovery import send_resets
from services.identity.tests.conftest import PASSWORD
from services.identity.tests.links import NEW, ask_reset, invalid, last, reset, reset_token
from services.identity.tests.signing_in import refused
from shared import clock
from shared.events import (
    PasswordChanged,
    PasswordResetRequested,
    SessionsRevoked,
)


async def test_a_reset_sets_the_password_and_ends_all_sessions(identity: Any) -> None:
    session = await identity.session()
    token = await reset_token(identity)
    assert (await reset(identity, token)).status_code == 204
    assert refused(await identity.refresh(session["refresh_token"]))
    assert refused(await identity.me(session))
    assert refused(await identity.log_in(), "invalid_credentials")
    assert (await identity.log_in(password=NEW)).status_code == 200
    assert invalid(await reset(identity, token))
    assert await identity.harness.emitted(PasswordChanged)
    (ended,) = (await last(identity, SessionsRevoked)).session_ids
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    assert ended == claims["sid"]


async def test_a_reset_is_good_for_an_hour(identity: Any) -> None:
    await identity.session()
    token = await reset_token(identity)
    with clock.shifted(timedelta(hours=1)):
        assert invalid(await reset(identity, token))


async def test_an_unknown_address_is_answered_and_noted_like_a_known_one(identity: Any) -> None:
    await identity.session()
    known = await ask_reset(identity)
    unknown = await ask_reset(identity, "nobody@example.org")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.status_code == 202
    rows = await identity.harness.sql("select email_key from password_reset_requests order by 1")
    assert [row["email_key"] for row in rows] == ["ada@example.org", "nobody@example.org"]
    assert not await send_resets(identity.harness.database)
    assert len(await identity.harness.emitted(PasswordResetRequested)) == 1
    assert await identity.harness.sql("select from password_reset_requests") == []


async def test_each_request_wakes_the_job_that_sends_resets(identity: Any) -> None:
    job = identity.harness.job("send-resets")
    job._wake.clear()
    await ask_reset(identity)
    assert job._wake.is_set()


async def test_nobody_is_flooded_with_resets(identity: Any) -> None:
    await identity.session()
    for _ in range(5):
        await ask_reset(identity)
    await send_resets(identity.harness.database)
    assert len(await identity.harness.emitted(PasswordResetRequested)) == 3
    with clock.shifted(timedelta(minutes=61)):
        await ask_reset(identity)
        await send_resets(identity.harness.database)
    assert len(await identity.harness.emitted(PasswordResetRequested)) == 4


async def test_a_new_password_voids_a_link_that_was_sent_before(identity: Any) -> None:
    session = await identity.session()
    token = await reset_token(identity)
    body = {"current_password": PASSWORD, "new_password": NEW}
    changed = await identity.call("POST", "/users/me/password", session, json=body)
    assert changed.status_code == 204
    assert invalid(await reset(identity, token, "the intruder's password"))


async def test_a_weak_new_password_is_refused_and_the_link_stays_good(identity: Any) -> None:
    await identity.session()
    token = await reset_token(identity)
    assert (await reset(identity, token, "short")).status_code == 400
    assert (await reset(identity, token)).status_code == 204
