"""The texts of the public pages in the reader's language. As in the web app, the English text is
the key, and what both show is translated with the same words (a test compares the catalogues).
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Mapping
from decimal import Decimal
from importlib.resources import files
from typing import Any

import msgspec
from babel import Locale
from babel.numbers import format_currency, format_decimal

from shared.currencies import CURRENCIES
from shared.languages import DEFAULT, RIGHT_TO_LEFT, Language

# The two kinds of ICU arguments that texts have besides `{name}`.
_NUMBER = re.compile(r"\{(\w+), number\}")
_PLURAL = re.compile(r"\{(\w+), plural,((?: \w+ \{[^{}]*\})+)\}")
_FORM = re.compile(r" (\w+) \{([^{}]*)\}")


class Texts:
    """Calling it with an English text gives the text of `language`, with its arguments filled in.
    A text without a translation stays English.
    """

    def __init__(self, language: Language, catalogue: Mapping[str, str]) -> None:
        self.language = language
        self.direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        self._catalogue = catalogue
        self._locale = Locale.parse(language)
        # A page has the same few numbers again and again; Babel takes 20 µs for each.
        self.number = functools.lru_cache(4096)(self._number)
        self.price = functools.lru_cache(4096)(self._price)

    def __call__(self, text: str, **values: Any) -> str:
        """The translation of `text` with `values`."""
        message = self._catalogue.get(text, text)
        if not values:
            return message
        if ", plural," in message:
            message = _PLURAL.sub(lambda found: self._plural(found, values), message)
        if ", number}" in message:
            message = _NUMBER.sub(lambda found: self.number(values[found[1]]), message)
        return message.format_map(values)

    def duration(self, seconds: int) -> str:
        """`10 minutes`; seconds where it isn't whole minutes."""
        if seconds % 60:
            return self("{count, plural, one {# second} other {# seconds}}", count=seconds)
        return self("{count, plural, one {# minute} other {# minutes}}", count=seconds // 60)

    def _plural(self, found: re.Match[str], values: Mapping[str, Any]) -> str:
        count, forms = values[found[1]], _forms(found[2])
        form = forms.get(self._locale.plural_form(count), forms["other"])
        return form.replace("#", self.number(count))

    def _number(self, value: float, decimals: int = 0) -> str:
        """`1,200`, or `4.80` with two decimals."""
        pattern = "#,##0" + (f".{'0' * decimals}" if decimals else "")
        return format_decimal(value, pattern, locale=self._locale, numbering_system="default")

    def _price(self, amount: int, currency: str) -> str:
        """An amount in minor units; in other languages than English without decimals where they
        are zero, as the app writes it.
        """
        known = CURRENCIES[currency]
        if self.language == "en":
            return known.text(amount)
        digits = 0 if amount % 10**known.exponent == 0 else known.exponent
        pattern = copy.copy(self._locale.currency_formats["standard"])
        pattern.frac_prec = (digits, digits)
        return format_currency(
            Decimal(amount).scaleb(-known.exponent),
            known.code.upper(),
            format=pattern,
            locale=self._locale,
            currency_digits=False,
            numbering_system="default",
        )


def _forms(written: str) -> dict[str, str]:
    return dict(_FORM.findall(written))


@functools.cache
def texts_in(language: Language) -> Texts:
    """The texts of a language; English needs no catalogue."""
    if language == DEFAULT:
        return Texts(language, {})
    source = files("gateway.site.texts").joinpath(f"{language}.json").read_bytes()
    return Texts(language, msgspec.json.decode(source, type=dict[str, str]))
