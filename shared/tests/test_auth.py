"""A token is valid only if identity signed it, for us, and recently."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from shared import public_keys
from shared.auth import User, Verifier, bearer
from shared.ids import new_id
from shared.problems import Unauthenticated, Unavailable
from shared.testing import KEY, KEY_ID, eventually, keys_for_tests, test_verifier, token_for

ADA = User(new_id(), "seeker", "Ada", "Byron")


async def test_a_good_token_names_its_user() -> None:
    found = await test_verifier().verify(token_for(ADA, seconds=900))
    assert replace(found, issued_at=0, expires_at=0.0) == ADA
    assert found.expires_at - found.issued_at == 900


async def test_a_good_token_is_not_good_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    verifier, token = test_verifier(), token_for(ADA, seconds=60)
    await verifier.verify(token)
    later = time.time() + 61

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.fromtimestamp(later, tz)

    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr("jwt.api_jwt.datetime", Later)
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


public_pem = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
BAD = {
    "expired": lambda: token_for(ADA, seconds=-1),
    "other key": lambda: token_for(ADA, key=ec.generate_private_key(ec.SECP256R1())),
    "unknown kid": lambda: token_for(ADA, kid="nobody's"),
    "other issuer": lambda: token_for(ADA, iss="elsewhere"),
    "other audience": lambda: token_for(ADA, aud="elsewhere"),
    "alg none": lambda: jwt.encode(
        jwt.decode(token_for(ADA), options={"verify_signature": False}),
        "",
        algorithm="none",
        headers={"kid": KEY_ID},
    ),
    "HS256 with the public key": lambda: jwt.api_jws.encode(
        b'{"sub":"x"}',
        "a secret long enough for the library to take it",
        algorithm="HS256",
        headers={"kid": KEY_ID},
    ),
    "valid for years": lambda: token_for(ADA, seconds=10**8),
    "issued in a minute": lambda: token_for(ADA, iat=int(time.time()) + 60),
    "issued at no time": lambda: token_for(ADA, iat="now"),
    "no subject": lambda: token_for(ADA, sub=None),
    "subject that is no id": lambda: token_for(ADA, sub="root"),
    "too long": lambda: token_for(ADA, given_name="x" * 5000),
    "not a token": lambda: "abc",
    "three dots": lambda: "a.b.c",
    "empty parts": lambda: "..",
    "not ASCII": lambda: "é.é.é",
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
async def test_a_bad_token_is_refused(make: Any) -> None:
    with pytest.raises(Unauthenticated):
        await test_verifier().verify(make())


async def test_an_unknown_key_id_makes_the_keys_be_fetched_again_but_not_for_every_forgery() -> (
    None
):
    fetched = []

    async def fetch(url: Any) -> Any:
        fetched.append(url)
        return await keys_for_tests(url)

    verifier = Verifier("http://identity.invalid/jwks", fetch=fetch)
    for _ in range(50):
        with pytest.raises(Unauthenticated):
            await verifier.verify(token_for(ADA, kid="forged"))
    assert len(fetched) == 1


async def test_without_any_keys_nobody_is_called_a_forger() -> None:
    async def fetch(_: Any) -> None:
        raise OSError("identity is unreachable")

    with pytest.raises(Unavailable):
        await Verifier("http://identity.invalid/jwks", fetch=fetch).verify(token_for(ADA))


async def test_clock_that_is_slightly_ahead_is_tolerated() -> None:
    token = token_for(ADA, iat=int(time.time()) + 20)
    assert (await test_verifier().verify(token)).id == ADA.id


async def test_a_known_token_is_not_good_when_its_key_was_withdrawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    withdrawn = False

    async def fetch(url: Any) -> Any:
        (key,) = (await keys_for_tests(url))["keys"]
        return {"keys": [{**key, "kid": "newer"} if withdrawn else key]}

    verifier, token = Verifier("http://identity.invalid/jwks", fetch=fetch), token_for(ADA)
    await verifier.verify(token)
    withdrawn = True
    await verifier.verify(token)  # until the keys are asked for again
    monkeypatch.setattr(public_keys, "RENEW_SECONDS", 0)
    monkeypatch.setattr(public_keys, "REFRESH_SECONDS", 0)
    monkeypatch.setattr(public_keys, "REFETCH_SECONDS", 0)
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


class Identity:
    """Publishes the key of the tests, until it withdraws it or hangs."""

    def __init__(self) -> None:
        self.has_withdrawn = self.hangs = False
        self.fetched: list[str] = []

    async def fetch(self, url: str) -> Any:
        self.fetched.append(url)
        if self.hangs and "first" in url:
            await asyncio.Event().wait()
        (key,) = (await keys_for_tests(url))["keys"]
        return {"keys": [{**key, "kid": "newer"} if self.has_withdrawn else key]}


class Clock:
    """The clock of `public_keys`, which only waiting in vain advances."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def wait(self, tasks: Iterable[asyncio.Task[None]], *, timeout: float) -> Any:
        for _ in range(20):  # turns of the event loop, more than a task needs that does not hang
            await asyncio.sleep(0)
        pending = {task for task in tasks if not task.done()}
        if pending:
            self.waits.append(timeout)
            self.now += timeout
        return set(tasks) - pending, pending


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(public_keys, "time", made)
    waiting = SimpleNamespace(**{**vars(asyncio), "wait": made.wait})
    monkeypatch.setattr(public_keys, "asyncio", waiting)
    return made


async def test_requests_do_not_wait_while_keys_are_fetched_again(clock: Clock) -> None:
    identity, token = Identity(), token_for(ADA)
    verifier = Verifier("http://first.invalid/jwks", fetch=identity.fetch)
    await verifier.verify(token)
    clock.now += public_keys.RENEW_SECONDS + 1
    identity.hangs = True
    for _ in range(10):
        assert (await verifier.verify(token)).id == ADA.id
        await asyncio.sleep(0)
    assert (clock.waits, len(identity.fetched)) == ([], 2)


async def test_key_that_was_withdrawn_is_refused_once_the_keys_have_been_fetched_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    identity, token = Identity(), token_for(ADA)
    verifier = Verifier("http://first.invalid/jwks", fetch=identity.fetch)
    await verifier.verify(token)
    monkeypatch.setattr(public_keys, "RENEW_SECONDS", 0)
    identity.has_withdrawn = True

    async def is_refused() -> bool:
        try:
            await verifier.verify(token)
        except Unauthenticated:
            return True
        return False

    assert not await is_refused()
    await eventually(is_refused)


async def test_keys_that_are_much_older_are_waited_for_once_and_not_for_every_request(
    clock: Clock,
) -> None:
    identity, token = Identity(), token_for(ADA)
    verifier = Verifier("http://first.invalid/jwks", fetch=identity.fetch)
    await verifier.verify(token)
    clock.now += public_keys.REFRESH_SECONDS + 1
    identity.hangs = True
    for _ in range(10):
        assert (await verifier.verify(token)).id == ADA.id
    assert (clock.waits, len(identity.fetched)) == ([public_keys.WAIT_SECONDS], 2)
    assert public_keys.WAIT_SECONDS <= 2


async def test_a_replica_that_hangs_does_not_keep_a_withdrawn_key_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    identity, token = Identity(), token_for(ADA)
    urls = "http://first.invalid/jwks,http://second.invalid/jwks"
    verifier = Verifier(urls, fetch=identity.fetch)
    await verifier.verify(token)
    monkeypatch.setattr(public_keys, "RENEW_SECONDS", 0)
    monkeypatch.setattr(public_keys, "REFRESH_SECONDS", 0)
    monkeypatch.setattr(public_keys, "REPLICA_SECONDS", 0.05)
    identity.hangs = identity.has_withdrawn = True
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


@pytest.mark.parametrize("is_up", [True, False])
async def test_all_who_wait_for_the_keys_wait_for_one_answer(is_up: Any) -> None:
    fetched, go_on = [], asyncio.Event()

    async def fetch(url: Any) -> Any:
        fetched.append(url)
        await go_on.wait()
        if not is_up:
            raise OSError
        return await keys_for_tests(url)

    verifier = Verifier("http://identity.invalid/jwks", fetch=fetch)
    waiting = [asyncio.create_task(verifier.verify(token_for(ADA))) for _ in range(50)]
    await asyncio.sleep(0)
    go_on.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert len(fetched) == 1
    expected = User if is_up else Unavailable
    assert {type(one) for one in found} == {expected}


async def test_keys_that_are_known_stay_while_identity_is_unreachable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    up = True

    async def fetch(url: Any) -> Any:
        if not up:
            raise OSError
        return await keys_for_tests(url)

    verifier = Verifier("http://identity.invalid/jwks", fetch=fetch)
    await verifier.verify(token_for(ADA))
    up = False
    monkeypatch.setattr(public_keys, "RENEW_SECONDS", 0)
    monkeypatch.setattr(public_keys, "REFRESH_SECONDS", 0)
    assert (await verifier.verify(token_for(ADA))).id == ADA.id


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic abc", None),
        ("abc", None),
        ("Bearer ", None),
        ("Bearer", None),
        ("", None),
        (None, None),
    ],
)
def test_only_the_bearer_scheme_has_a_token(header: str | None, token: str | None) -> None:
    assert bearer(header) == token
