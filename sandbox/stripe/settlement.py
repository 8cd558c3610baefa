"""The currency in which the platform's balance is kept.

A platform without a settlement currency has a balance per currency, like one with a bank account
for each. With one, incoming and outgoing amounts in other currencies are converted at the current
rate: the balance transaction has the currency, the rate and the amount.
"""

from fractions import Fraction
from typing import NamedTuple

import msgspec

from sandbox.stripe.call import Call
from sandbox.stripe.errors import invalid
from sandbox.stripe.store import Store
from shared.currencies import CURRENCIES

SETTING = "settlement"
# US dollars for one unit. Any others, and other values, are set by the control.
RATES = {
    "usd": 1.0,
    "aud": 0.66,
    "brl": 0.18,
    "cad": 0.73,
    "chf": 1.12,
    "czk": 0.043,
    "dkk": 0.145,
    "eur": 1.08,
    "gbp": 1.27,
    "hkd": 0.128,
    "huf": 0.0027,
    "inr": 0.012,
    "jpy": 0.0067,
    "mxn": 0.055,
    "nok": 0.094,
    "nzd": 0.61,
    "pln": 0.25,
    "sek": 0.095,
    "sgd": 0.74,
}


class Settlement(msgspec.Struct):
    """How charges settle: `currency` None keeps each currency; `rates` are US dollars for one unit.
    `late`: a charge's balance transaction comes only when this is over, as it may at Stripe.
    """

    currency: str | None = None
    rates: dict[str, float] = {}
    late: bool = False


class Settled(NamedTuple):
    """An amount on the balance; `rate` is None if nothing was converted."""

    amount: int
    currency: str
    rate: float | None


def current(store: Store) -> Settlement:
    """How charges settle now."""
    return msgspec.convert(store.setting(SETTING) or {}, Settlement)


def settled(call: Call, amount: int, currency: str) -> Settled:
    """Convert an amount for the platform's balance. Raises 400 if no rate is known."""
    chosen = current(call.store)
    into = chosen.currency
    if into is None or into == currency:
        return Settled(amount, currency, None)
    rate = round(_dollars(chosen, currency) / _dollars(chosen, into), 6)
    exponents = CURRENCIES[into].exponent - CURRENCIES[currency].exponent
    return Settled(_half_up(Fraction(str(rate)) * amount * Fraction(10) ** exponents), into, rate)


def _dollars(chosen: Settlement, currency: str) -> float:
    rate = chosen.rates.get(currency) or RATES.get(currency)
    if rate is None:
        raise invalid(f"The sandbox has no exchange rate for {currency}: set one with its control")
    return rate


def _half_up(exact: Fraction) -> int:
    rounded = int((2 * abs(exact) + 1) // 2)
    return rounded if exact >= 0 else -rounded
