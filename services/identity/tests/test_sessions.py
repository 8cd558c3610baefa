"""Signing in, going on, signing out."""

import asyncio
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import bcrypt
import jwt
import pytest

from services.identity.jobs import purge_sessions
from services.identity.store import sessions as store
from services.identity.tests.conftest import PASSWORD
from shared import clock
from shared.events import SessionsRevoked

COOKIE = "refresh_token_8000"  # of PUBLIC_URL's port
GRACE = timedelta(seconds=10)


def cookie_of(answer: Any) -> Any:
    return SimpleCookie(answer.headers["set-cookie"])[COOKIE]


def refused(answer: Any, code: str = "unauthenticated") -> bool:
    return (answer.status_code, answer.json()["code"]) == (
        401,
        code,
    ) and "www-authenticate" in answer.headers


# ---- login


async def test_login_answers_a_session_like_registration(identity: Any) -> None:
    registered = await identity.session("Ada@Example.org")
    answer = await identity.log_in(" ada@EXAMPLE.org ")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == set(registered)
    assert answer.json()["user"] == registered["user"]
    assert (await identity.me(answer.json())).status_code == 200


async def test_access_token_says_who_for_fifteen_minutes(identity: Any) -> None:
    session = await identity.session(role="consultant")
    header = jwt.get_unverified_header(session["access_token"])
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    assert header["alg"] == "ES256"
    assert header["kid"]
    assert set(claims) == {
        "iss", "aud", "sub", "role", "given_name", "family_name", "sid", "iat", "exp", "jti",
    }  # fmt: skip
    assert (claims["sub"], claims["role"]) == (session["user"]["id"], "consultant")
    assert (claims["given_name"], claims["family_name"]) == ("Ada", "Byron")
    assert claims["exp"] - claims["iat"] == 900
    again = jwt.decode(
        (await identity.log_in()).json()["access_token"], options={"verify_signature": False}
    )
    assert again["jti"] != claims["jti"]
    assert again["sid"] != claims["sid"]


async def test_wrong_password_unknown_address_and_closed_account_get_one_answer_for_one_work(
    identity: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await identity.session("ada@example.org")
    await identity.session("closed@example.org")
    await identity.harness.sql(
        "update users set is_active = false where email = 'closed@example.org'"
    )
    costs: list[str] = []
    real = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        costs.append(hashed.decode()[:7])
        return real(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    answers = [
        await identity.log_in("ada@example.org", "not the password"),
        await identity.log_in("nobody@example.org", "not the password"),
        await identity.log_in("closed@example.org", PASSWORD),
        await identity.log_in("ada@example.org", "x"),
    ]
    assert all(refused(answer, "invalid_credentials") for answer in answers)
    bodies = [{k: v for k, v in answer.json().items() if k != "request_id"} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert costs == ["$2b$04$"] * 4


async def test_a_hash_of_another_cost_is_renewed_at_the_next_login(
    identity: Any, make_identity: Any
) -> None:
    await identity.session()
    identity.harness.app.state.passwords.rounds = 5
    for _ in range(2):
        assert (await identity.log_in()).status_code == 200
        (row,) = await identity.harness.sql("select hashed_password from users")
        assert row["hashed_password"].startswith("$2b$05$")


async def test_an_account_closed_while_bcrypt_computes_is_not_opened(
    identity: Any, monkeypatch: Any
) -> None:
    await identity.session()
    passwords = identity.harness.app.state.passwords

    async def matches(password: str, hashed: str | None) -> bool:
        await identity.harness.sql("update users set is_active = false")
        return True

    monkeypatch.setattr(passwords, "matches", matches)
    assert refused(await identity.log_in(), "invalid_credentials")


async def test_every_bad_field_of_a_login_is_named(identity: Any) -> None:
    answer = await identity.harness.post(
        "/users/login", json={"email": "ada", "password": 5, "more": 1}
    )
    assert {e["field"] for e in answer.json()["errors"]} == {"email", "password", "more"}
    answer = await identity.log_in(password="x\u0000y")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "password")


# ---- refresh


async def test_refresh_goes_on_with_the_same_session_and_new_tokens(identity: Any) -> None:
    first = await identity.session()
    second = (await identity.refresh(first["refresh_token"])).json()
    assert set(second) == set(first)
    assert second["user"] == first["user"]
    assert second["refresh_token"] != first["refresh_token"]
    sids = {
        jwt.decode(s["access_token"], options={"verify_signature": False})["sid"]
        for s in (first, second)
    }
    assert len(sids) == 1
    third = (await identity.refresh(second["refresh_token"])).json()
    assert (await identity.me(third)).status_code == 200


async def test_reuse_of_a_rotated_token_revokes_the_whole_family(identity: Any) -> None:
    first = await identity.session()
    other = (await identity.log_in()).json()
    second = (await identity.refresh(first["refresh_token"])).json()
    with clock.moved(GRACE):
        assert refused(await identity.refresh(first["refresh_token"]))
        assert refused(await identity.refresh(second["refresh_token"]))
        assert refused(await identity.me(second))
        assert (await identity.refresh(other["refresh_token"])).status_code == 200
    assert await identity.harness.emitted(SessionsRevoked)


async def test_a_lost_answer_is_given_again_and_its_token_is_void(identity: Any) -> None:
    first = await identity.session()
    lost = (await identity.refresh(first["refresh_token"])).json()
    with clock.moved(GRACE - timedelta(seconds=1)):
        again = await identity.refresh(first["refresh_token"])
        assert again.status_code == 200
        assert refused(await identity.refresh(lost["refresh_token"]))
        assert (await identity.refresh(again.json()["refresh_token"])).status_code == 200


async def test_a_spent_token_whose_successor_was_used_revokes_even_at_once(identity: Any) -> None:
    first = await identity.session()
    second = (await identity.refresh(first["refresh_token"])).json()
    third = (await identity.refresh(second["refresh_token"])).json()
    assert refused(await identity.refresh(first["refresh_token"]))
    assert refused(await identity.refresh(third["refresh_token"]))


async def test_without_grace_of_two_refreshes_at_once_one_wins(make_identity: Any) -> None:
    identity = await make_identity(refresh_grace_seconds="0")
    session = await identity.session()
    answers = await asyncio.gather(*(identity.refresh(session["refresh_token"]) for _ in range(6)))
    won = [a for a in answers if a.status_code == 200]
    assert len(won) == 1
    assert all(refused(a) for a in answers if a.status_code != 200)
    assert refused(await identity.refresh(won[0].json()["refresh_token"]))


async def test_of_refreshes_at_once_exactly_one_answer_stays_good(identity: Any) -> None:
    session = await identity.session()
    answers = await asyncio.gather(*(identity.refresh(session["refresh_token"]) for _ in range(6)))
    tokens = [answer.json()["refresh_token"] for answer in answers if answer.status_code == 200]
    assert len(tokens) == len(set(tokens)) == 6
    rows = await identity.harness.sql(
        "select count(*) as n from refresh_tokens where used_at is null and not is_void"
    )
    assert rows[0]["n"] == 1


async def test_a_logout_during_a_refresh_leaves_no_living_token(
    identity: Any, monkeypatch: Any
) -> None:
    session = await identity.session()
    logouts: list[Any] = []
    real = store._insert_token

    async def while_logging_out(db: Any, session_id: Any) -> str:
        logout = asyncio.create_task(identity.call("POST", "/users/logout", session))
        logouts.append(logout)
        done, _ = await asyncio.wait([logout], timeout=0.3)
        assert not done  # it waits for the family's row
        return await real(db, session_id)

    monkeypatch.setattr(store, "_insert_token", while_logging_out)
    refreshed = await identity.refresh(session["refresh_token"])
    assert (await logouts[0]).status_code == 204
    assert refused(await identity.refresh(refreshed.json()["refresh_token"]))


@pytest.mark.parametrize("token", ["x", "a" * 512, "Ä\u2028'; drop table users", "\U0001f511"])
async def test_a_forged_refresh_token_is_refused(identity: Any, token: str) -> None:
    assert refused(await identity.refresh(token))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"refresh_token": ""}, "refresh_token"),
        ({"refresh_token": "x" * 513}, "refresh_token"),
        ({"refresh_token": 1}, "refresh_token"),
        ({"refresh_token": "a\u0000"}, "refresh_token"),
        ({"token": "x"}, "token"),
        ([], "body"),
    ],
)
async def test_a_malformed_refresh_body_is_refused(identity: Any, body: Any, field: str) -> None:
    answer = await identity.harness.post("/users/refresh", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


@pytest.mark.parametrize(
    "body", [{"content": b""}, {"json": {}}, {"json": {"refresh_token": None}}, {"json": None}]
)
async def test_without_any_refresh_token_nobody_is_signed_in(identity: Any, body: Any) -> None:
    assert refused(await identity.harness.post("/users/refresh", **body))


async def test_a_session_rests_thirty_days_and_lives_on_with_use(identity: Any) -> None:
    session = await identity.session()
    with clock.moved(timedelta(days=29)):
        session = (await identity.refresh(session["refresh_token"])).json()
    with clock.moved(timedelta(days=58)):
        session = (await identity.refresh(session["refresh_token"])).json()
    with clock.moved(timedelta(days=89)):
        assert refused(await identity.refresh(session["refresh_token"]))


async def test_expired_sessions_are_forgotten_and_living_ones_kept(identity: Any) -> None:
    await identity.session()
    living = (await identity.log_in()).json()
    with clock.moved(timedelta(days=20)):
        living = (await identity.refresh(living["refresh_token"])).json()
    with clock.moved(timedelta(days=31)):
        assert not await purge_sessions(identity.harness.database)
        assert len(await identity.harness.sql("select from refresh_families")) == 1
        assert len(await identity.harness.sql("select from refresh_tokens")) == 1
        assert (await identity.refresh(living["refresh_token"])).status_code == 200


# ---- cookies


async def test_a_browser_gets_its_refresh_token_as_a_cookie_only(identity: Any) -> None:
    registered = await identity.register(refresh="cookie")
    logged_in = await identity.harness.post(
        "/users/login", json={"email": "ada@example.org", "password": PASSWORD, "refresh": "cookie"}
    )
    for answer in (registered, logged_in):
        assert "refresh_token" not in answer.json()
        cookie = cookie_of(answer)
        assert cookie["httponly"]
        assert cookie["secure"]
        assert (cookie["samesite"], cookie["path"], cookie["max-age"]) == (
            "Strict",
            "/users",
            "2592000",
        )
        assert cookie["domain"] == ""


async def test_a_cookie_is_exchanged_for_the_next_cookie(identity: Any) -> None:
    identity.harness.http.cookies.clear()
    first = cookie_of(await identity.register(refresh="cookie")).value
    identity.harness.http.cookies.clear()
    answer = await identity.harness.post(
        "/users/refresh", headers={"cookie": f"a=b; {COOKIE}={first}; c=d"}
    )
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json()
    assert cookie_of(answer).value != first
    identity.harness.http.cookies.clear()
    with clock.moved(GRACE):
        reused = await identity.harness.post(
            "/users/refresh", headers={"cookie": f"{COOKIE}={first}"}
        )
    assert refused(reused)
    assert "set-cookie" not in reused.headers  # it may be another tab's newer one by now


@pytest.mark.parametrize(
    ("public_url", "name"),
    [
        ("http://localhost:8123", "refresh_token_8123"),
        ("https://experts.example", "refresh_token"),
    ],
)
async def test_stacks_on_one_host_have_cookies_of_their_own(
    make_identity: Any, public_url: str, name: str
) -> None:
    identity = await make_identity(public_url=public_url)
    answer = await identity.register(refresh="cookie")
    assert answer.headers["set-cookie"].startswith(f"{name}=")


# ---- logout


async def test_logout_ends_this_session_and_no_other(identity: Any) -> None:
    session, other = await identity.session(), (await identity.log_in()).json()
    answer = await identity.call("POST", "/users/logout", session)
    assert (answer.status_code, answer.content) == (204, b"")
    assert cookie_of(answer)["max-age"] == "0"
    assert cookie_of(answer)["path"] == "/users"
    assert refused(await identity.refresh(session["refresh_token"]))
    assert refused(await identity.me(session))
    assert (await identity.me(other)).status_code == 200
    assert (await identity.refresh(other["refresh_token"])).status_code == 200


async def test_logout_ends_the_cookies_session_too(identity: Any) -> None:
    session = await identity.session()
    other = (await identity.log_in()).json()
    headers = {"cookie": f"{COOKIE}={other['refresh_token']}"}
    assert (
        await identity.call("POST", "/users/logout", session, headers=headers)
    ).status_code == 204
    assert refused(await identity.refresh(other["refresh_token"]))


async def test_logout_needs_a_token(identity: Any) -> None:
    assert refused(await identity.harness.post("/users/logout"))


async def test_signing_out_twice_is_no_error(identity: Any) -> None:
    session = await identity.session()
    for _ in range(2):
        assert (await identity.call("POST", "/users/logout", session)).status_code == 204
