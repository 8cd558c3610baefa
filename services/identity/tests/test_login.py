"""Signing in and out."""

from typing import Any

import bcrypt
import jwt
import pytest

from services.identity.tests.conftest import PASSWORD
from services.identity.tests.signing_in import COOKIE, cookie_of, refused


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
