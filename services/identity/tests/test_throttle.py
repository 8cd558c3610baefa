"""Limits on attempts."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.identity.commands.throttle import REGISTRATION_FACTOR
from services.identity.tests.conftest import PASSWORD
from shared import clock


def statuses(answers: Any) -> list[int]:
    return [answer.status_code for answer in answers]


async def guess(identity: Any, email: str = "ada@example.org", address: str = "192.0.2.1") -> Any:
    return await identity.log_in(email, "not the password", headers={"x-forwarded-for": address})


async def test_attempt_beyond_the_limit_gets_a_retry_after(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="3")
    await identity.session()
    answers = [
        await guess(identity, "Ada@example.org" if i % 2 else "ada@EXAMPLE.org") for i in range(4)
    ]
    assert statuses(answers) == [401, 401, 401, 429]
    last = answers[-1]
    assert last.json()["code"] == "rate_limited"
    seconds = int(last.headers["retry-after"])
    assert 1 <= seconds <= 60
    assert last.headers["ratelimit-policy"] == '"login";q=3;w=60'
    assert last.headers["ratelimit"] == f'"login";r=0;t={seconds}'
    here = {"x-forwarded-for": "192.0.2.1"}
    assert (await identity.log_in(headers=here)).status_code == 429  # the right password, too
    with clock.shifted(timedelta(seconds=seconds)):
        assert (await identity.log_in(headers=here)).status_code == 200


async def test_a_stranger_with_wrong_passwords_does_not_lock_the_owner_out(identity: Any) -> None:
    await identity.session()
    for _ in range(11):
        await guess(identity, address="198.51.100.7")
    owner = {"x-forwarded-for": "192.0.2.1"}
    assert (await identity.log_in(headers=owner)).status_code == 200


async def test_one_account_is_limited_over_all_addresses(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="1")
    answers = [await guess(identity, address=f"198.51.100.{i}") for i in range(11)]
    assert statuses(answers) == [401] * 10 + [429]


async def test_correct_password_resets_the_attempts_from_everywhere(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="1")
    await identity.session()
    for network in ("198.51.100", "203.0.113"):
        answers = [await guess(identity, address=f"{network}.{i}") for i in range(9)]
        assert statuses(answers) == [401] * 9
        headers = {"x-forwarded-for": f"{network}.9"}
        assert (await identity.log_in(headers=headers)).status_code == 200


async def test_an_ipv6_network_counts_as_one_address(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="2")
    answers = [await guess(identity, address=f"2001:db8:1:2::{i}") for i in range(1, 4)]
    assert statuses(answers) == [401, 401, 429]
    assert (await guess(identity, address="2001:db8:1:3::1")).status_code == 401


async def test_registrations_are_counted_before_anything_is_hashed(
    make_identity: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = await make_identity(login_attempts_per_minute="1")
    for i in range(REGISTRATION_FACTOR):
        assert (await identity.register(f"user{i}@example.org")).status_code == 201

    async def never(*_: Any) -> str:
        raise AssertionError("bcrypt was run")

    monkeypatch.setattr(identity.harness.app.state.passwords, "_hash", never)
    refused = await identity.register("one-more@example.org")
    assert refused.status_code == 429
    assert refused.headers["ratelimit-policy"] == f'"registration";q={REGISTRATION_FACTOR};w=60'


async def test_the_default_is_ten_a_minute(identity: Any) -> None:
    assert statuses([await guess(identity) for _ in range(11)]) == [401] * 10 + [429]


async def test_an_unknown_account_is_limited_like_a_known_one(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="2")
    assert statuses([await guess(identity, "nobody@example.org") for _ in range(3)]) == [
        401,
        401,
        429,
    ]


async def test_one_account_does_not_hold_up_another(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="2")
    await identity.session("bob@example.org")
    assert statuses([await guess(identity) for _ in range(3)]) == [401, 401, 429]
    assert (await identity.log_in("bob@example.org")).status_code == 200


async def test_correct_password_resets_the_attempts(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="2")
    await identity.session()
    here = {"x-forwarded-for": "192.0.2.1"}
    for _ in range(3):
        assert (await guess(identity)).status_code == 401
        assert (await identity.log_in(headers=here)).status_code == 200


async def test_attempts_from_one_address_are_limited_over_all_accounts(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="1")
    answers = [await guess(identity, f"user{i}@example.org") for i in range(11)]
    assert statuses(answers) == [401] * 10 + [429]
    assert answers[-1].headers["ratelimit-policy"] == '"login";q=10;w=60'
    assert (await guess(identity, "user@example.org", "192.0.2.2")).status_code == 401


async def test_of_several_exceeded_limits_the_one_with_the_longest_wait_is_named(
    make_identity: Any,
) -> None:
    identity = await make_identity(login_attempts_per_minute="1")
    await identity.session()
    for i in range(9):
        await guess(identity, f"user{i}@example.org")
    with clock.shifted(timedelta(seconds=30)):
        first, refused = await guess(identity), await guess(identity)
        assert statuses([first, refused]) == [401, 429]
        # The address may try again in 30 seconds, the account from there only in 60.
        seconds = int(refused.headers["retry-after"])
        assert 30 < seconds <= 60
        assert refused.headers["ratelimit-policy"] == '"login";q=1;w=60'
        with clock.shifted(timedelta(seconds=seconds)):
            here = {"x-forwarded-for": "192.0.2.1"}
            assert (await identity.log_in(headers=here)).status_code == 200


@pytest.mark.parametrize(
    "forwarded",
    ["10.0.0.1, 192.0.2.1", "spoofed,192.0.2.1", " 192.0.2.1 ", "x" * 9000 + ", 192.0.2.1"],
)
async def test_only_the_gateways_word_counts_for_the_address(
    make_identity: Any, forwarded: str
) -> None:
    identity = await make_identity(login_attempts_per_minute="1")
    for i in range(10):
        await guess(identity, f"user{i}@example.org")
    assert (await guess(identity, "another@example.org", forwarded)).status_code == 429


async def test_attempts_at_once_are_all_counted(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="5")
    answers = await asyncio.gather(*(guess(identity) for _ in range(20)))
    assert sorted(statuses(answers)) == [401] * 5 + [429] * 15


async def test_who_must_wait_costs_no_bcrypt(
    make_identity: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = await make_identity(login_attempts_per_minute="1")
    await guess(identity)

    async def never(*_: Any) -> bool:
        raise AssertionError("bcrypt was run")

    monkeypatch.setattr(identity.harness.app.state.passwords, "matches", never)
    assert (await guess(identity)).status_code == 429


async def test_registration_is_not_limited_by_logins(make_identity: Any) -> None:
    identity = await make_identity(login_attempts_per_minute="1")
    await guess(identity)
    await guess(identity)
    assert (await identity.register(password=PASSWORD)).status_code == 201


async def test_counters_of_past_minutes_are_pruned(identity: Any) -> None:
    await guess(identity)
    await identity.harness.prune()
    assert len(await identity.harness.sql("select from login_attempts")) == 3
    with clock.shifted(timedelta(minutes=61)):
        await identity.harness.prune()
    assert await identity.harness.sql("select from login_attempts") == []
