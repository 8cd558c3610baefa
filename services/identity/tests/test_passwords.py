"""Passwords: every character counts, and hashing never blocks other requests."""

import asyncio
import threading
import time
from typing import Any

import bcrypt
import pytest

from services.identity.commands import passwords as module
from services.identity.commands.passwords import Passwords
from shared.problems import Unavailable


@pytest.fixture
def passwords() -> Any:
    made = Passwords(4)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("password", "near"),
    [
        ("a" * 72 + "b" + "c" * 55, "a" * 72 + "B" + "c" * 55),
        ("a" * 127 + "x", "a" * 127 + "y"),
        ("a" * 128, "a" * 127),
        ("\U0001f511" * 127 + "\U0001f512", "\U0001f511" * 128),
        ("пароль из слов", "Пароль из слов"),
        ("ten spaces          ", "ten spaces         "),
        ("line\nbreak and\ttab", "line break and tab"),
        ("with \u200bzero width", "with zero width"),
    ],
)
async def test_every_character_is_significant(identity: Any, password: str, near: str) -> None:
    await identity.session(password=password)
    assert (await identity.log_in(password=near)).status_code == 401
    assert (await identity.log_in(password=password)).status_code == 200


async def test_one_character_spelt_in_two_ways_is_one_character(passwords: Passwords) -> None:
    hashed = await passwords.hash("caf\u00e9 au lait")
    assert await passwords.matches("cafe\u0301 au lait", hashed)
    assert not await passwords.matches("cafe au lait", hashed)


async def test_two_hashes_of_one_password_differ(passwords: Passwords) -> None:
    first, second = await passwords.hash("the same one"), await passwords.hash("the same one")
    assert first != second
    assert first.startswith("$2b$04$")


async def test_nobodys_hash_costs_what_somebodys_costs_and_never_fits(passwords: Passwords) -> None:
    assert not await passwords.matches("anything", None)
    assert bcrypt.checkpw(b"x", passwords._nobody.encode()) is False
    assert not passwords.outdated(passwords._nobody)


async def test_new_passwords_hold_up_nobody_who_signs_in(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most, lock, signed_in = 0, 0, threading.Lock(), threading.Event()

    def slow(_: bytes, salt: bytes) -> bytes:
        nonlocal running, most
        assert threading.current_thread() is not threading.main_thread()
        with lock:
            running += 1
            most = max(most, running)
        assert signed_in.wait(20)
        with lock:
            running -= 1
        return salt

    known = await passwords.hash("some password")
    monkeypatch.setattr(bcrypt, "hashpw", slow)
    new = [
        asyncio.create_task(passwords.hash_for_registration("another password")) for _ in range(8)
    ]
    assert await passwords.matches("some password", known)
    signed_in.set()
    await asyncio.gather(*new)
    assert most == 1


async def test_registrations_hold_up_no_hash_of_a_known_account(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed, hashpw = threading.Event(), bcrypt.hashpw

    def slow(secret: bytes, salt: bytes) -> bytes:
        if threading.current_thread().name.startswith("bcrypt-new"):
            assert renewed.wait(20)
        return hashpw(secret, salt)

    monkeypatch.setattr(bcrypt, "hashpw", slow)
    new = asyncio.create_task(passwords.hash_for_registration("another password"))
    assert (await passwords.hash("a password made dearer")).startswith("$2b$04$")
    renewed.set()
    await new


async def test_the_loop_goes_on_while_bcrypt_computes() -> None:
    costly, beats = Passwords(10), 0
    task = asyncio.create_task(costly.hash("some password"))
    started = time.perf_counter()
    while not task.done():
        await asyncio.sleep(0.001)
        beats += 1
    costly.close()
    assert beats >= 5, f"{beats} turns of the loop in {time.perf_counter() - started:.3f} s"


async def test_a_queue_that_is_too_long_says_so(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_QUEUE_LENGTH", 3)
    tasks = [asyncio.create_task(passwords.hash("some password")) for _ in range(5)]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(result, Unavailable) for result in results) == 2
    assert await passwords.hash("afterwards there is room")
