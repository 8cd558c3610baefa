"""Links in mails: verifying and changing addresses, resetting passwords; and sessions."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from services.identity import deactivate
from services.identity.commands import recovery
from services.identity.commands.recovery import send_resets
from services.identity.settings import SETTINGS
from services.identity.tests.conftest import PASSWORD, SECRET
from services.identity.tests.signing_in import refused
from services.identity.tests.test_registration import fields
from shared import clock
from shared.events import (
    EmailChanged,
    EmailChangeRequested,
    EmailVerificationRequested,
    NewDeviceUsed,
    PasswordChanged,
    PasswordResetRequested,
    SessionsRevoked,
    UserUpdated,
)
from shared.settings import load

NEW = "another horse battery staple"


async def last(identity: Any, kind: Any) -> Any:
    return (await identity.harness.emitted(kind))[-1]


async def verify(identity: Any, token: str) -> Any:
    return await identity.harness.post("/users/verify-email", json={"token": token})


async def ask_reset(identity: Any, email: str = "ada@example.org") -> Any:
    return await identity.harness.post("/users/password-reset", json={"email": email})


async def reset(identity: Any, token: str, password: str = NEW) -> Any:
    body = {"token": token, "new_password": password}
    return await identity.harness.post("/users/password-reset/confirm", json=body)


async def reset_token(identity: Any, email: str = "ada@example.org") -> str:
    assert (await ask_reset(identity, email)).status_code == 202
    await send_resets(identity.harness.database)
    token: str = (await last(identity, PasswordResetRequested)).token
    return token


def invalid(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (400, "invalid_token")


# ---- verification


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
    with clock.moved(timedelta(hours=24)):
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


# ---- change of address


async def change_email(
    identity: Any, session: Any, new: str, password: str = PASSWORD, **options: Any
) -> Any:
    body = {"new_email": new, "current_password": password}
    return await identity.call("POST", "/users/me/email", session, json=body, **options)


async def test_the_same_change_of_address_again_sends_no_second_mail(identity: Any) -> None:
    session = await identity.session()
    once: dict[str, Any] = {"headers": {"idempotency-key": "once"}}
    for _ in range(5):
        answer = await change_email(identity, session, "countess@example.org", **once)
        assert answer.status_code == 202
    assert len(await identity.harness.emitted(EmailChangeRequested)) == 1
    other = await change_email(identity, session, "duchess@example.org", **once)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


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


async def test_changing_the_address_needs_the_password(identity: Any) -> None:
    session = await identity.session()
    answer = await change_email(identity, session, "new@example.org", "not the password")
    assert refused(answer, "invalid_credentials")
    same = await change_email(identity, session, "ADA@example.org")
    assert same.status_code == 400
    assert fields(same) == {"new_email": "is your address already"}


async def test_a_link_to_an_old_address_is_void_after_a_change(identity: Any) -> None:
    session = await identity.session()
    old = (await last(identity, EmailVerificationRequested)).token
    forgotten = await reset_token(identity)
    await change_email(identity, session, "new@example.org")
    await verify(identity, (await last(identity, EmailChangeRequested)).token)
    assert invalid(await verify(identity, old))
    assert invalid(await reset(identity, forgotten))


# ---- a new password


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
    with clock.moved(timedelta(hours=1)):
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


async def test_nobody_is_flooded_with_resets(identity: Any) -> None:
    await identity.session()
    for _ in range(5):
        await ask_reset(identity)
    await send_resets(identity.harness.database)
    assert len(await identity.harness.emitted(PasswordResetRequested)) == 3


async def test_tokens_of_one_kind_are_no_good_for_another(identity: Any) -> None:
    await identity.session()
    verification = (await last(identity, EmailVerificationRequested)).token
    assert invalid(await reset(identity, verification))
    assert invalid(await verify(identity, await reset_token(identity)))


async def close_account(identity: Any, email: str) -> None:
    environment = {
        "DATABASE_URL": identity.harness.database.url,
        "AMQP_URL": "amqp://x",
        "SIGNING_KEY_SECRET": SECRET,
    }
    assert await deactivate.deactivate(load(SETTINGS, environment), email)


async def test_links_of_a_closed_account_are_void(identity: Any) -> None:
    await identity.session()
    unverified = (await last(identity, EmailVerificationRequested)).token
    forgotten = await reset_token(identity)
    await close_account(identity, "ada@example.org")
    assert invalid(await reset(identity, forgotten))
    assert invalid(await verify(identity, unverified))


async def test_a_link_to_a_new_address_is_void_once_the_account_is_closed(identity: Any) -> None:
    session = await identity.session()
    await change_email(identity, session, "new@example.org")
    token = (await last(identity, EmailChangeRequested)).token
    await close_account(identity, "ada@example.org")
    assert invalid(await verify(identity, token))
    (row,) = await identity.harness.sql("select email from users")
    assert row["email"] == "ada@example.org"


async def test_tokens_are_stored_as_hashes_only(identity: Any) -> None:
    await identity.session()
    token = await reset_token(identity)
    rows = await identity.harness.sql("select t::text as text from email_tokens t")
    assert rows
    assert not any(token in row["text"] for row in rows)


async def test_a_weak_new_password_is_refused_and_the_link_stays_good(identity: Any) -> None:
    await identity.session()
    token = await reset_token(identity)
    assert (await reset(identity, token, "short")).status_code == 400
    assert (await reset(identity, token)).status_code == 204


# ---- sessions


async def test_my_sessions_are_listed_and_ended_one_by_one(identity: Any) -> None:
    session = await identity.session()
    phone = {"user-agent": "Telephone/1.0"}
    other = (await identity.log_in(headers=phone)).json()
    listed = (await identity.call("GET", "/users/me/sessions", session)).json()
    assert listed["next_cursor"] is None
    assert [(one["current"], one["user_agent"] == "Telephone/1.0") for one in listed["items"]] == [
        (False, True),
        (True, False),
    ]
    assert set(listed["items"][0]) == {"id", "current", "created_at", "last_used_at", "user_agent"}
    path = f"/users/me/sessions/{listed['items'][0]['id']}"
    assert (await identity.call("DELETE", path, session)).status_code == 204
    assert refused(await identity.refresh(other["refresh_token"]))
    assert refused(await identity.me(other))
    assert (await identity.call("DELETE", path, session)).status_code == 404
    assert (await last(identity, SessionsRevoked)).session_ids == [listed["items"][0]["id"]]
    assert (await identity.me(session)).status_code == 200


async def test_somebody_elses_session_is_not_found(identity: Any) -> None:
    session = await identity.session()
    stranger = await identity.session("eve@example.org")
    (mine,) = (await identity.call("GET", "/users/me/sessions", session)).json()["items"]
    for wanted in (mine["id"], str(uuid4())):
        answer = await identity.call("DELETE", f"/users/me/sessions/{wanted}", stranger)
        assert answer.status_code == 404
    assert (await identity.me(session)).status_code == 200


async def test_sessions_come_in_pages(identity: Any) -> None:
    session = await identity.session()
    for _ in range(4):
        await identity.log_in()
    seen: list[str] = []
    cursor: str | None = None
    while True:
        parameters = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        answer = await identity.call("GET", "/users/me/sessions", session, params=parameters)
        seen += [one["id"] for one in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


async def test_a_sign_in_from_an_unknown_device_is_told_once(identity: Any) -> None:
    browser, phone = {"user-agent": "Browser/1.0"}, {"user-agent": "Telephone/1.0"}
    await identity.session(headers=browser)
    await identity.log_in(headers=browser)
    assert not await identity.harness.emitted(NewDeviceUsed)
    await identity.log_in(headers=phone)
    await identity.log_in(headers=phone)
    (told,) = await identity.harness.emitted(NewDeviceUsed)
    assert told.user_agent == "Telephone/1.0"


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
