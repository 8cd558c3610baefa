"""Opening an account."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from shared.events import UserRegistered
from shared.testing import ServiceHarness

USER = {
    "id",
    "email_verified",
    "email",
    "first_name",
    "last_name",
    "role",
    "is_active",
    "time_zone",
    "language",
    "created_at",
    "updated_at",
}


def fields(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["code"] == "validation_failed"
    return {error["field"]: error["message"] for error in body["errors"]}


async def test_register_opens_a_session_and_emits_an_event(identity: Any) -> None:
    answer = await identity.register("  Ada@Example.org ", first_name=" Ada ", role="consultant")
    session = answer.json()
    assert answer.status_code == 201
    assert set(session) == {"user", "access_token", "token_type", "expires_in", "refresh_token"}
    assert (session["token_type"], session["expires_in"]) == ("bearer", 900)
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    user = session["user"]
    assert set(user) == USER
    assert UUID(user["id"]).version == 7
    assert (user["email"], user["first_name"], user["role"]) == (
        "Ada@Example.org",
        "Ada",
        "consultant",
    )
    assert (user["is_active"], user["time_zone"]) == (True, "UTC")
    assert user["created_at"].endswith("Z")
    assert (await identity.me(session)).json() == user
    (event,) = await identity.harness.emitted(UserRegistered)
    assert (str(event.user_id), event.role, event.email) == (
        user["id"],
        "consultant",
        "Ada@Example.org",
    )


@pytest.mark.parametrize(
    ("header", "language"),
    [("fr, ar-EG;q=0.9, en;q=0.8", "ar"), ("de-AT", "de"), ("fr", None), ("", None), (None, None)],
)
async def test_the_account_has_the_language_that_the_client_prefers(
    identity: Any, header: str | None, language: str | None
) -> None:
    headers = {} if header is None else {"accept-language": header}
    session = await identity.session(headers=headers)
    assert session["user"]["language"] == language
    assert (await identity.me(session)).json() == session["user"]
    (event,) = await identity.harness.emitted(UserRegistered)
    assert event.language == language


async def test_nothing_that_is_stored_holds_a_secret_in_clear(identity: Any) -> None:
    session = await identity.session(headers={"idempotency-key": "k"})
    for table in (
        "users",
        "refresh_tokens",
        "signing_keys",
        "idempotency_keys",
        "outbox",
        "login_attempts",
    ):
        for row in await identity.harness.sql(f"select t::text as text from {table} t"):
            assert "correct horse" not in row["text"]
            assert session["refresh_token"] not in row["text"]
            assert b"correct horse".hex() not in row["text"]


@pytest.mark.parametrize(
    "other",
    ["ADA@EXAMPLE.ORG", " ada@example.org ", "Ada@example.org", "\uff41da@example.org"],
)
async def test_one_address_in_another_spelling_is_taken(identity: Any, other: str) -> None:
    await identity.session("ada@example.org")
    answer = await identity.register(other)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert len(await identity.harness.sql("select from users")) == 1


async def test_an_address_in_another_script_is_compared_without_case(identity: Any) -> None:
    await identity.session("ÄDA@bücher.example")
    assert (await identity.register("äda@BÜCHER.example")).status_code == 409
    assert (await identity.log_in("a\u0308da@bücher.example")).status_code == 200


async def test_two_registrations_of_one_address_at_once_make_one_account(identity: Any) -> None:
    answers = await asyncio.gather(
        *(identity.register(f"{name}@example.org") for name in ["ada", "ADA"] * 4)
    )
    assert sorted(a.status_code for a in answers) == [201] + [409] * 7
    assert len(await identity.harness.emitted(UserRegistered)) == 1


async def test_every_bad_field_is_named_at_once(identity: Any) -> None:
    answer = await identity.register(
        "ada", password="short", first_name=" ", role="admin", extra=1, refresh="x"
    )
    assert set(fields(answer)) == {"email", "password", "first_name", "role", "extra", "refresh"}
    assert set(fields(await identity.harness.post("/users/register", json={}))) == {
        "email",
        "password",
        "first_name",
        "last_name",
        "role",
    }


@pytest.mark.parametrize(
    "email",
    [
        "", "ada", "ada@", "@example.org", "ada@example", "ada@@example.org", "a da@example.org",
        "ada@exam ple.org",
        ".ada@example.org", "ada.@example.org", "a..da@example.org", "ada@-example.org",
        "ada@example-.org",
        "ada@example..org", "ada@.example.org", "ada@example.org.", "ada@127.0.0.1",
        "ada@[127.0.0.1]", "<ada@example.org>",
        "ada@example.o", "ada\r\nBcc: x@example.org", "ada@exam\u0000ple.org",
        "a" * 65 + "@example.org",
        "ada@" + "a" * 64 + ".org", "ada@" + "a." * 130 + "org", "\ufdfa" * 60 + "@example.org",
        "ada@exa_mple.org", 7, None, ["a"],
    ],
)  # fmt: skip
async def test_what_is_no_address_is_refused(identity: Any, email: Any) -> None:
    assert set(fields(await identity.register(email))) == {"email"}


@pytest.mark.parametrize(
    "email",
    [
        "a@b.co",
        "ada+tag@example.org",
        "o'hara@mail.example.co.uk",
        "ada_b@x1.example",
        "用户@例子.广告",
        "राम@उदाहरण.भारत",
    ],
)
async def test_what_is_an_address_is_taken(identity: Any, email: str) -> None:
    assert (await identity.register(email)).status_code == 201


@pytest.mark.parametrize(
    "name", ["", " ", "\t\n", "a\u0000b", "a\nb", "a\u2028b", "\u0085", "x" * 101, 5, None, {}]
)
async def test_what_is_no_name_is_refused(identity: Any, name: Any) -> None:
    assert set(fields(await identity.register(last_name=name))) == {"last_name"}


@pytest.mark.parametrize(
    "name",
    ["X", "x" * 100, "O’Hara", "Nguyễn Văn", "李", "\U0001f469\u200d\U0001f4bb", "  padded  "],
)
async def test_what_is_a_name_is_kept_trimmed(identity: Any, name: str) -> None:
    assert (await identity.session(last_name=name))["user"]["last_name"] == name.strip()


@pytest.mark.parametrize(
    "password", ["", "a" * 9, "a" * 129, "\U0001f511" * 9, "nul\u0000inside it", 1234567890, None]
)
async def test_what_is_no_password_is_refused(identity: Any, password: Any) -> None:
    assert set(fields(await identity.register(password=password))) == {"password"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b'"x"',
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"email": "\\ud800"}',
        b'{"email": 1e400}',
        b"[" * 100_000,
    ],
)
async def test_a_body_that_is_no_object_is_refused(identity: Any, body: bytes) -> None:
    for path in ("/users/register", "/users/login"):
        answer = await identity.harness.post(
            path, content=body, headers={"content-type": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed"), body


async def test_other_media_types_and_large_bodies_are_refused(identity: Any) -> None:
    harness: ServiceHarness = identity.harness
    form = await harness.post("/users/login", data={"email": "a@b.co", "password": "x"})
    assert (form.status_code, form.json()["code"]) == (415, "unsupported_media_type")
    large = await harness.post(
        "/users/login", json={"email": "a@b.co", "password": "x" * 1_100_000}
    )
    assert (large.status_code, large.json()["code"]) == (413, "content_too_large")


# ---- Idempotency-Key


async def test_the_same_registration_again_gives_another_session_of_the_same_user(
    identity: Any,
) -> None:
    headers = {"idempotency-key": "once"}
    first, again = await identity.session(headers=headers), await identity.session(headers=headers)
    assert first["user"] == again["user"]
    assert first["refresh_token"] != again["refresh_token"]
    assert (await identity.refresh(first["refresh_token"])).status_code == 200
    assert (await identity.refresh(again["refresh_token"])).status_code == 200
    assert len(await identity.harness.emitted(UserRegistered)) == 1


async def test_the_same_registration_twice_at_once_makes_one_user(identity: Any) -> None:
    headers = {"idempotency-key": "once"}
    answers = await asyncio.gather(*(identity.register(headers=headers) for _ in range(4)))
    assert [a.status_code for a in answers] == [201] * 4
    assert len({a.json()["user"]["id"] for a in answers}) == 1
    assert len(await identity.harness.emitted(UserRegistered)) == 1


@pytest.mark.parametrize(
    "change", [{"password": "another password"}, {"first_name": "Eve"}, {"role": "consultant"}]
)
async def test_a_key_with_another_body_is_refused(identity: Any, change: dict[str, str]) -> None:
    headers = {"idempotency-key": "once"}
    await identity.session(headers=headers)
    answer = await identity.register(headers=headers, **change)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_another_persons_key_of_the_same_name_does_not_matter(identity: Any) -> None:
    headers = {"idempotency-key": "1"}
    first = await identity.session("ada@example.org", headers=headers)
    second = await identity.session("bob@example.org", headers=headers)
    assert first["user"]["id"] != second["user"]["id"]


async def test_a_replay_does_not_open_an_account_whose_password_has_changed(identity: Any) -> None:
    headers = {"idempotency-key": "once"}
    session = await identity.session(headers=headers)
    change = {
        "current_password": "correct horse battery staple",
        "new_password": "another password",
    }
    assert (
        await identity.call("POST", "/users/me/password", session, json=change)
    ).status_code == 204
    answer = await identity.register(headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")


async def test_a_malformed_key_is_refused(identity: Any) -> None:
    answer = await identity.register(headers={"idempotency-key": "x" * 256})
    assert set(fields(answer)) == {"Idempotency-Key"}
