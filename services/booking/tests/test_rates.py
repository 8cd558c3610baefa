"""Limits on requests that burden others."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from services.booking.commands import rates
from shared.ids import new_id
from shared.problems import RateLimited


@pytest.mark.parametrize("seconds", [0.0, 29.6, 59.9])
def test_a_request_after_the_named_wait_is_admitted(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = 1000.0
    monkeypatch.setattr(rates, "time", SimpleNamespace(monotonic=lambda: at))
    window = rates.RateWindow("signals", per_minute=1)
    key = (new_id(), new_id())
    window.count(*key)
    at += seconds
    with pytest.raises(RateLimited) as refused:
        window.count(*key)
    at += int(refused.value.headers["Retry-After"])
    window.count(*key)
