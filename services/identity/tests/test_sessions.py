"""Continuing sessions: refresh tokens, and the cookies in which browsers store them."""

import asyncio
from datetime import timedelta
from typing import Any

import jwt
import pytest

from services.identity.store import sessions as store
from services.identity.tests.conftest import PASSWORD
from services.identity.tests.signing_in import COOKIE, GRACE, cookie_of, refused
from shared import clock
from shared.events import SessionsRevoked


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
    with clock.shifted(GRACE):
        assert refused(await identity.refresh(first["refresh_token"]))
        assert refused(await identity.refresh(second["refresh_token"]))
        assert refused(await identity.me(second))
        assert (await identity.refresh(other["refresh_token"])).status_code == 200
    assert await identity.harness.emitted(SessionsRevoked)


async def test_a_lost_answer_is_given_again_and_its_token_is_void(identity: Any) -> None:
    first = await identity.session()
    lost = (await identity.refresh(first["refresh_token"])).json()
    with clock.shifted(GRACE - timedelta(seconds=1)):
        again = await identity.refresh(first["refresh_token"])
        assert again.status_code == 200
        assert refused(await identity.refresh(lost["refresh_token"]))
        assert (await identity.refresh(again.json()["refresh_token"])).status_code == 200


async def test_the_time_for_a_lost_answer_begins_with_the_first_use_only(identity: Any) -> None:
    first = await identity.session()
    await identity.refresh(first["refresh_token"])
    with clock.shifted(GRACE - timedelta(seconds=1)):
        again = (await identity.refresh(first["refresh_token"])).json()
    with clock.shifted(GRACE):
        assert refused(await identity.refresh(first["refresh_token"]))
        assert refused(await identity.refresh(again["refresh_token"]))


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
    with clock.shifted(timedelta(days=29)):
        session = (await identity.refresh(session["refresh_token"])).json()
    with clock.shifted(timedelta(days=58)):
        session = (await identity.refresh(session["refresh_token"])).json()
    with clock.shifted(timedelta(days=89)):
        assert refused(await identity.refresh(session["refresh_token"]))


async def test_expired_sessions_are_pruned_and_live_ones_kept(identity: Any) -> None:
    await identity.session()
    living = (await identity.log_in()).json()
    with clock.shifted(timedelta(days=20)):
        living = (await identity.refresh(living["refresh_token"])).json()
    with clock.shifted(timedelta(days=31)):
        await identity.harness.prune()
        assert len(await identity.harness.sql("select from refresh_families")) == 1
        assert len(await identity.harness.sql("select from refresh_tokens")) == 1
        assert (await identity.refresh(living["refresh_token"])).status_code == 200


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
    with clock.shifted(GRACE):
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
