"""The rate limit, at chosen moments."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import limits
from gateway.limits import RateLimiter


def test_limit_is_exact_within_the_first_minute() -> None:
    limiter = RateLimiter(600)
    verdicts = [limiter.hit("ada", 100.0 + n * 0.05) for n in range(600)]
    assert not any(v.limited for v in verdicts)
    assert [v.remaining for v in (verdicts[0], verdicts[-1])] == [599, 0]
    assert limiter.hit("ada", 130.0).limited


def test_callers_do_not_share() -> None:
    limiter = RateLimiter(1)
    assert not limiter.hit("ada", 0.0).limited
    assert not limiter.hit("bob", 0.0).limited
    assert limiter.hit("ada", 0.0).limited


def test_last_minute_weighs_less_and_less() -> None:
    limiter = RateLimiter(10)
    for _ in range(10):
        limiter.hit("ada", 0.0)
    assert limiter.hit("ada", 60.0).limited, "all ten still count"
    assert not limiter.hit("ada", 66.0).limited, "one of them has slid out"
    assert limiter.hit("ada", 66.0).limited
    assert limiter.hit("ada", 180.0).remaining == 9, "after two minutes nothing counts"


@settings(deadline=None)
@given(
    limit=st.integers(1, 700),
    gaps=st.lists(st.floats(0, 70, allow_nan=False), min_size=1, max_size=60),
)
def test_callers_that_wait_as_told_are_admitted_and_never_too_many(
    limit: int, gaps: list[float]
) -> None:
    limiter, now, granted = RateLimiter(limit), 0.0, []
    for gap in gaps:
        now += gap
        for _ in range(limit // 3 + 1):
            decision = limiter.hit("ada", now)
            if decision.limited:
                assert not limiter.hit("ada", now + decision.reset).limited
                now += decision.reset
            granted.append(now)
        recent = [at for at in granted if now - 60 < at <= now]
        assert len(recent) <= 2 * limit


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CALLERS", 100)
    limiter = RateLimiter(5)
    for n in range(1000):
        limiter.hit(n, n * 0.001)
    assert len(limiter._windows) <= 100
    limiter.hit("later", 500.0)
    for n in range(99):
        limiter.hit(("more", n), 500.0)
    assert len(limiter._windows) <= 100
