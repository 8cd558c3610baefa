"""The currencies in which a card can be charged: one table for prices, bookings and payments.

From Stripe's published facts (docs.stripe.com/currencies). Amounts are integers in the unit that
Stripe's API uses: usually a hundredth, in zero-decimal currencies the unit itself, in three-decimal
currencies a thousandth with a last digit of 0. ISK and UGX no longer have decimals, but the API
still counts hundredths, which must be 00.

Stripe publishes minimum charges for the currencies that it settles in. For the others it converts
to the settlement currency and applies that currency's minimum; here they have about 0.55 US
dollars, rounded up.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Code = Literal[
    "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt",
    "bgn", "bhd", "bif", "bmd", "bnd", "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf",
    "chf", "clp", "cny", "cop", "crc", "cve", "czk", "djf", "dkk", "dop", "dzd", "egp", "etb",
    "eur", "fjd", "fkp", "gbp", "gel", "gip", "gmd", "gnf", "gtq", "gyd", "hkd", "hnl", "htg",
    "huf", "idr", "ils", "inr", "isk", "jmd", "jod", "jpy", "kes", "kgs", "khr", "kmf", "krw",
    "kwd", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad", "mdl", "mga", "mkd", "mmk",
    "mnt", "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio", "nok", "npr",
    "nzd", "omr", "pab", "pen", "pgk", "php", "pkr", "pln", "pyg", "qar", "ron", "rsd", "rub",
    "rwf", "sar", "sbd", "scr", "sek", "sgd", "shp", "sle", "sos", "srd", "std", "szl", "thb",
    "tjs", "tnd", "top", "try", "ttd", "twd", "tzs", "uah", "ugx", "usd", "uyu", "uzs", "vnd",
    "vuv", "wst", "xaf", "xcd", "xcg", "xof", "xpf", "yer", "zar", "zmw",
]  # fmt: skip

MAX_AMOUNT = 99_999_999  # eight digits, whatever the currency
ZERO_DECIMAL = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split()  # noqa: SIM905
)
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())  # noqa: SIM905
WHOLE_UNITS = frozenset(("isk", "ugx"))

PUBLISHED_MINIMUM = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
CONVERTED_MINIMUM = {
    "afn": 3900, "all": 5000, "amd": 21500, "ang": 100, "aoa": 51000, "ars": 80000, "awg": 100,
    "azn": 100, "bam": 100, "bbd": 110, "bdt": 6800, "bhd": 210, "bif": 1650, "bmd": 55, "bnd": 75,
    "bob": 400, "bsd": 55, "bwp": 760, "byn": 180, "bzd": 110, "cdf": 155000, "clp": 530,
    "cny": 400, "cop": 225000, "crc": 28000, "cve": 5500, "djf": 100, "dop": 3500, "dzd": 7200,
    "egp": 2700, "etb": 8500, "fjd": 130, "fkp": 45, "gel": 150, "gip": 45, "gmd": 4000,
    "gnf": 4800, "gtq": 430, "gyd": 11500, "hnl": 1450, "htg": 7300, "idr": 920000, "ils": 200,
    "isk": 7500, "jmd": 9000, "jod": 400, "kes": 7200, "kgs": 4900, "khr": 225000, "kmf": 240,
    "krw": 800, "kwd": 170, "kyd": 50, "kzt": 30000, "lak": 1200000, "lbp": 5000000, "lkr": 17000,
    "lrd": 10500, "lsl": 1000, "mad": 510, "mdl": 950, "mga": 2500, "mkd": 3000, "mmk": 116000,
    "mnt": 200000, "mop": 450, "mur": 2600, "mvr": 850, "mwk": 96000, "mzn": 3600, "nad": 1000,
    "ngn": 82000, "nio": 2100, "npr": 7900, "omr": 220, "pab": 55, "pen": 200, "pgk": 240,
    "php": 3300, "pkr": 15500, "pyg": 4000, "qar": 200, "rsd": 5700, "rub": 4600, "rwf": 810,
    "sar": 210, "sbd": 460, "scr": 820, "shp": 45, "sle": 1350, "sos": 31500, "srd": 2200,
    "std": 1250000, "szl": 1000, "tjs": 530, "tnd": 1650, "top": 140, "try": 2400, "ttd": 380,
    "twd": 1800, "tzs": 136000, "uah": 2400, "ugx": 200000, "uyu": 2300, "uzs": 670000,
    "vnd": 14500, "vuv": 67, "wst": 160, "xaf": 320, "xcd": 150, "xcg": 100, "xof": 320, "xpf": 60,
    "yer": 13500, "zar": 1000, "zmw": 1300,
}  # fmt: skip


class Currency(msgspec.Struct, frozen=True):
    """What can be charged in a currency: amounts from `minimum` to `maximum`, in multiples of
    `step`. An amount counts units of 10 ** -`exponent`.
    """

    code: str
    exponent: int
    minimum: int
    maximum: int
    step: int

    def text(self, amount: int) -> str:
        """`amount` for display, with a decimal point and without grouping: "12.50 EUR"."""
        whole, fraction = divmod(amount, 10**self.exponent)
        decimals = "" if self.code in WHOLE_UNITS else f".{fraction:0{self.exponent}d}"
        return f"{whole}{decimals if self.exponent else ''} {self.code.upper()}"

    def refusal(self, amount: int) -> str | None:
        """Why `amount` can never be charged, and which amounts can, as a sentence; None if it can
        be.
        """
        if amount > self.maximum:
            return f"The most that can be charged is {self.text(self.maximum)}."
        return self.rate_refusal(amount)

    def rate_refusal(self, rate: int) -> str | None:
        """Like `refusal`, for a price per hour. It has no upper limit here, because a shorter
        session costs less.
        """
        if rate < self.minimum:
            return f"The least that can be charged is {self.text(self.minimum)}."
        if rate % self.step:
            return f"It must be a multiple of {self.text(self.step)}."
        return None

    def round(self, numerator: int, denominator: int) -> int:
        """`numerator` / `denominator`, rounded half up to the nearest multiple of the step."""
        steps = (2 * numerator + denominator * self.step) // (2 * denominator * self.step)
        return steps * self.step


def _currency(code: str) -> Currency:
    exponent = 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2
    step = 10 if code in THREE_DECIMAL else 100 if code in WHOLE_UNITS else 1
    least = PUBLISHED_MINIMUM.get(code) or CONVERTED_MINIMUM[code]
    return Currency(code, exponent, least, MAX_AMOUNT - MAX_AMOUNT % step, step)


CURRENCIES: dict[str, Currency] = {code: _currency(code) for code in get_args(Code)}


def refusal_of(amount: int, currency: str) -> str | None:
    """Why `amount` can never be charged in `currency`, as a sentence; None if it can be. Raises
    KeyError for an unsupported currency.
    """
    return CURRENCIES[currency].refusal(amount)


def refusal_of_rate(rate: int, currency: str) -> str | None:
    """Like `refusal_of`, for an hourly rate: None if some session at that rate can be charged."""
    return CURRENCIES[currency].rate_refusal(rate)
