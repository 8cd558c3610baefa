"""Reading and changing one's own account, and deactivation by an operator."""

import asyncio
from typing import Any

import pytest

from services.identity import announce_users, deactivate
from services.identity.commands import accounts
from services.identity.tests.conftest import PASSWORD
from services.identity.tests.signing_in import refused
from services.identity.tests.test_registration import fields
from shared.events import UserDeactivated, UserUpdated

NEW = "a new password, quite long"


async def change_password(
    identity: Any, session: Any, current: str = PASSWORD, new: str = NEW, **more: Any
) -> Any:
    body = {"current_password": current, "new_password": new}
    return await identity.call("POST", "/users/me/password", session, json=body, **more)


# ---- /users/me


async def test_change_writes_the_given_fields_and_emits_an_event(identity: Any) -> None:
    session = await identity.session()
    answer = await identity.call(
        "PATCH",
        "/users/me",
        session,
        json={"last_name": " Lovelace ", "time_zone": "Europe/London"},
    )
    assert answer.status_code == 200
    was, user = session["user"], answer.json()
    assert (user["first_name"], user["last_name"], user["time_zone"]) == (
        "Ada",
        "Lovelace",
        "Europe/London",
    )
    assert (user["updated_at"] > was["updated_at"], user["created_at"]) == (True, was["created_at"])
    assert (await identity.me(session)).json() == user
    (event,) = await identity.harness.emitted(UserUpdated)
    assert (event.last_name, event.time_zone, event.email) == (
        "Lovelace",
        "Europe/London",
        "ada@example.org",
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"first_name": "Ada"},
        {"first_name": " Ada ", "time_zone": "UTC"},
        {"language": None},
    ],
)
async def test_a_change_of_nothing_is_no_event(identity: Any, body: Any) -> None:
    session = await identity.session()
    answer = await identity.call("PATCH", "/users/me", session, json=body)
    assert (answer.status_code, answer.json()) == (200, session["user"])
    assert await identity.harness.emitted(UserUpdated) == []


async def test_every_bad_field_of_a_change_is_named(identity: Any) -> None:
    session = await identity.session()
    body = {
        "first_name": None,
        "last_name": " ",
        "time_zone": "Mars/Olympus",
        "language": "tlh",
        "role": "consultant",
        "id": 1,
    }
    answer = await identity.call("PATCH", "/users/me", session, json=body)
    assert set(fields(answer)) == set(body)


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "utc+1",
        "Europe",
        "../etc/passwd",
        "/etc/localtime",
        "Europe/Berlin\u0000",
        5,
        None,
        "x" * 65,
    ],
)
async def test_what_is_no_time_zone_is_refused(identity: Any, zone: Any) -> None:
    session = await identity.session()
    answer = await identity.call("PATCH", "/users/me", session, json={"time_zone": zone})
    assert set(fields(answer)) == {"time_zone"}


async def test_a_language_is_chosen_and_given_up_again(identity: Any) -> None:
    session = await identity.session(headers={"accept-language": "de"})
    for language in ("ar", None, "en"):
        answer = await identity.call("PATCH", "/users/me", session, json={"language": language})
        assert (answer.status_code, answer.json()["language"]) == (200, language)
        assert (await identity.me(session)).json()["language"] == language
    events = await identity.harness.emitted(UserUpdated)
    assert [event.language for event in events] == ["ar", None, "en"]


@pytest.mark.parametrize("language", ["", "fr", "EN", "de-DE", "de ", "x" * 65, 5, ["de"], {}])
async def test_what_is_no_language_of_the_marketplace_is_refused(
    identity: Any, language: Any
) -> None:
    session = await identity.session()
    answer = await identity.call("PATCH", "/users/me", session, json={"language": language})
    assert set(fields(answer)) == {"language"}
    assert (await identity.me(session)).json()["language"] is None


async def test_two_changes_at_once_are_both_kept(identity: Any) -> None:
    session = await identity.session()
    bodies = [{"first_name": "Augusta"}, {"last_name": "King"}, {"time_zone": "Europe/Rome"}]
    await asyncio.gather(
        *(identity.call("PATCH", "/users/me", session, json=body) for body in bodies)
    )
    user = (await identity.me(session)).json()
    assert (user["first_name"], user["last_name"], user["time_zone"]) == (
        "Augusta",
        "King",
        "Europe/Rome",
    )
    last = (await identity.harness.emitted(UserUpdated))[-1]
    assert (last.first_name, last.last_name, last.time_zone) == ("Augusta", "King", "Europe/Rome")


# ---- passwords


async def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(identity: Any) -> None:
    session, other = await identity.session(), (await identity.log_in()).json()
    answer = await change_password(identity, session)
    assert (answer.status_code, answer.content) == (204, b"")
    assert refused(await identity.refresh(other["refresh_token"]))
    assert refused(await identity.me(other))
    assert (await identity.me(session)).status_code == 200
    assert (await identity.refresh(session["refresh_token"])).status_code == 200
    assert refused(await identity.log_in(), "invalid_credentials")
    assert (await identity.log_in(password=NEW)).status_code == 200


async def test_a_wrong_current_password_changes_nothing(identity: Any) -> None:
    session = await identity.session()
    assert refused(
        await change_password(identity, session, current="not the password"), "invalid_credentials"
    )
    assert (await identity.log_in()).status_code == 200


async def test_bad_passwords_are_named(identity: Any) -> None:
    session = await identity.session()
    assert set(fields(await change_password(identity, session, current="", new="short"))) == {
        "current_password",
        "new_password",
    }


async def test_guesses_at_the_current_password_are_limited(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="3")
    session = await identity.session()
    answers = [await change_password(identity, session, current="guess") for _ in range(4)]
    assert [a.status_code for a in answers] == [401, 401, 401, 429]


async def test_the_right_current_password_forgets_the_guesses(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="2")
    session, current = await identity.session(), PASSWORD
    for new in (NEW, PASSWORD, NEW):
        answers = [
            await change_password(identity, session, current=one, new=new)
            for one in ("guess", current)
        ]
        assert [a.status_code for a in answers] == [401, 204]
        current = new


async def test_the_same_change_of_password_again_is_answered_again(identity: Any) -> None:
    session = await identity.session()
    headers = {"idempotency-key": "once"}
    for _ in range(2):
        assert (await change_password(identity, session, headers=headers)).status_code == 204
    other = await change_password(identity, session, new="yet another password", headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_of_two_changes_of_password_at_once_one_wins(identity: Any) -> None:
    session = await identity.session()
    answers = await asyncio.gather(
        change_password(identity, session, new="the first new one"),
        change_password(identity, session, new="the second new one"),
    )
    assert sorted(a.status_code for a in answers) == [204, 401]
    logins = [
        (await identity.log_in(password=p)).status_code
        for p in ("the first new one", "the second new one")
    ]
    assert logins == ([200, 401] if answers[0].status_code == 204 else [401, 200])


# ---- deactivation


@pytest.mark.parametrize("statement", ["delete from users", "update users set is_active = false"])
async def test_the_token_of_somebody_gone_is_refused(identity: Any, statement: str) -> None:
    session = await identity.session()
    assert (await identity.me(session)).status_code == 200
    await identity.harness.sql(statement)
    assert refused(await identity.me(session))
    assert refused(await identity.call("PATCH", "/users/me", session, json={"first_name": "Eve"}))
    assert refused(await change_password(identity, session))
    assert refused(await identity.refresh(session["refresh_token"]))


async def test_deactivate_closes_the_account_and_emits_an_event(identity: Any) -> None:
    session = await identity.session()
    settings = identity.harness.app.state.settings
    assert await deactivate.deactivate(settings, "ADA@example.org") == "closed"
    assert await deactivate.deactivate(settings, "nobody@example.org") == "unknown"
    assert refused(await identity.me(session))
    assert refused(await identity.refresh(session["refresh_token"]))
    assert refused(await identity.log_in(), "invalid_credentials")
    (event,) = await identity.harness.emitted(UserDeactivated)
    assert str(event.user_id) == session["user"]["id"]
    assert (await identity.register()).status_code == 409


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/me"),
        ("PATCH", "/users/me"),
        ("POST", "/users/me/password"),
        ("POST", "/users/logout"),
    ],
)
@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer x.y.z", "Bearer " + "a" * 5000]
)
async def test_without_a_valid_token_nothing_is_shown(
    identity: Any, method: str, path: str, header: str | None
) -> None:
    headers = {} if header is None else {"authorization": header}
    assert refused(await identity.harness.request(method, path, json={}, headers=headers))


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/users/me"), ("GET", "/users/login"), ("PUT", "/users/register")],
)
async def test_a_wrong_method_is_405_with_allow(identity: Any, method: str, path: str) -> None:
    answer = await identity.harness.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"]


# ---- accounts published again


async def test_every_account_is_announced_as_it_is(
    identity: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "ANNOUNCED_AT_ONCE", 2)
    sessions = [await identity.session(f"person{n}@example.org") for n in range(5)]
    settings = identity.harness.service.settings
    assert await deactivate.deactivate(settings, "person4@example.org") == "closed"
    await identity.harness.sql("update users set email_verified = true")
    await identity.harness.sql("delete from outbox")
    assert await announce_users.announce(settings) == 5
    (closed,) = await identity.harness.emitted(UserDeactivated)
    assert str(closed.user_id) == sessions[4]["user"]["id"]
    events = await identity.harness.emitted(UserUpdated)
    assert {str(event.user_id) for event in events} == {s["user"]["id"] for s in sessions[:4]}
    assert all(event.email_verified for event in events)


async def test_account_that_is_closed_already_is_announced_again(identity: Any) -> None:
    session = await identity.session("ada@example.org")
    settings = identity.harness.service.settings
    assert await deactivate.deactivate(settings, "nobody@example.org") == "unknown"
    assert await deactivate.deactivate(settings, "ada@example.org") == "closed"
    assert await deactivate.deactivate(settings, "ADA@example.org") == "closed before"
    events = await identity.harness.emitted(UserDeactivated)
    assert [str(one.user_id) for one in events] == [session["user"]["id"]] * 2
