"""Rounding is half up, exactly."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import divide_half_up, share


@given(st.integers(0, 10**12), st.integers(1, 10**8))
def test_a_quotient_is_the_exact_one_rounded_half_up(numerator: Any, denominator: Any) -> None:
    whole, rest = divmod(numerator, denominator)
    exact = whole if 2 * rest < denominator else whole + 1
    assert divide_half_up(numerator, denominator) == exact


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_a_share_and_the_rest_are_the_whole(amount: Any, basis_points: Any) -> None:
    part = share(amount, basis_points)
    assert 0 <= part <= amount
    assert part == int(
        (Decimal(amount) * basis_points / 10_000).quantize(Decimal(1), ROUND_HALF_UP)
    )


@pytest.mark.parametrize(
    ("amount", "basis_points", "part"),
    [
        (10_000, 1500, 1500),
        (1, 5000, 1),
        (3, 5000, 2),
        (33, 1500, 5),
        (30, 1500, 5),
        (29, 1500, 4),
        (0, 1500, 0),
    ],
)
def test_known_shares(amount: Any, basis_points: Any, part: Any) -> None:
    assert share(amount, basis_points) == part
