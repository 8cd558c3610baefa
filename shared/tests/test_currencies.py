"""The table of currencies compared with Stripe's published facts, and calculations with it."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.currencies import (
    CONVERTED_MINIMUM,
    CURRENCIES,
    PUBLISHED_MINIMUM,
    Code,
    refusal_of,
)

codes = st.sampled_from(sorted(CURRENCIES))


def test_every_currency_has_exactly_one_least_charge() -> None:
    assert set(CURRENCIES) == set(get_args(Code)) == {*PUBLISHED_MINIMUM, *CONVERTED_MINIMUM}
    assert not set(PUBLISHED_MINIMUM) & set(CONVERTED_MINIMUM)


@pytest.mark.parametrize(
    ("code", "exponent", "minimum", "step"),
    [
        ("usd", 2, 50, 1),
        ("jpy", 0, 50, 1),
        ("krw", 0, 800, 1),
        ("kwd", 3, 170, 10),
        ("isk", 2, 7500, 100),
        ("ugx", 2, 200000, 100),
        ("huf", 2, 17500, 1),
    ],
)
def test_amounts_are_in_the_unit_of_stripes_api(
    code: str, exponent: int, minimum: int, step: int
) -> None:
    found = CURRENCIES[code]
    assert (found.exponent, found.minimum, found.step) == (exponent, minimum, step)


@pytest.mark.parametrize(
    ("amount", "currency", "sentence"),
    [
        (25, "usd", "The least that can be charged is 0.50 USD."),
        (49, "jpy", "The least that can be charged is 50 JPY."),
        (100_000_000, "usd", "The most that can be charged is 999999.99 USD."),
        (12_345, "isk", "It must be a multiple of 1 ISK."),
        (5_124, "kwd", "It must be a multiple of 0.010 KWD."),
    ],
)
def test_what_cannot_be_charged_is_said_with_what_can_be(
    amount: int, currency: str, sentence: str
) -> None:
    assert refusal_of(amount, currency) == sentence


@given(codes)
def test_bounds_can_be_charged_and_what_lies_beyond_cannot(code: str) -> None:
    found = CURRENCIES[code]
    assert found.refusal(found.minimum) is None
    assert found.refusal(found.maximum) is None
    assert found.refusal(found.minimum - found.step) is not None
    assert found.refusal(found.maximum + found.step) is not None


@given(codes, st.integers(0, 10**8), st.integers(1, 10**5))
def test_rounding_gives_the_nearest_chargeable_step(
    code: str, numerator: int, denominator: int
) -> None:
    step = CURRENCIES[code].step
    rounded = CURRENCIES[code].round(numerator, denominator)
    assert rounded % step == 0
    assert 2 * abs(rounded * denominator - numerator) <= denominator * step
    if 2 * (rounded * denominator - numerator) == -denominator * step:
        pytest.fail("exactly one half was rounded down")
