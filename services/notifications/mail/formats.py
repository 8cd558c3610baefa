"""Formatting of instants, time spans and amounts for one reader."""

from __future__ import annotations

import copy
import functools
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import NumberPattern, format_currency, get_currency_symbol
from babel.units import format_unit

from shared.currencies import CURRENCIES, WHOLE_UNITS
from shared.languages import RIGHT_TO_LEFT, Language

LEFT_TO_RIGHT_MARK = "\u200e"

# Accounts have a language and no region. English is written as in Britain: with the day before the
# month, and by the clock of 24 hours.
_LOCALES: dict[Language, Locale] = {
    "en": Locale.parse("en_GB"),
    "de": Locale.parse("de_DE"),
    "ar": Locale.parse("ar"),
}
# Where a clock time is followed by a word that Unicode's data has for spans only.
_AFTER_TIME: dict[Language, str] = {"de": " Uhr"}


class Formats(msgspec.Struct, frozen=True):
    """How dates, times and amounts are written for a reader: in their language, and in their time
    zone, which is named.
    """

    language: Language
    time_zone: str

    def instant(self, at: datetime) -> str:
        """`Tuesday, 1 December 2026, 14:00 (Europe/Berlin)`."""
        place = zone_of(self.time_zone)
        local = at.astimezone(place)
        return self.dated(local, self.time(local), place)

    def span(self, start: datetime, end: datetime) -> str:
        """`Tuesday, 1 December 2026, 14:00–15:00 (Europe/Berlin)`. Across midnight, or a change of
        the UTC offset, the end is written in full.
        """
        return _span(self, start, end)

    def dated(self, local: datetime, time: str, place: ZoneInfo) -> str:
        """A day with a time of it, or two."""
        locale = _LOCALES[self.language]
        day = format_date(local, "full", locale=locale)
        together = locale.datetime_formats["medium"].format(time, day)
        return f"{together}{_AFTER_TIME.get(self.language, '')} ({place.key})"

    def time(self, local: datetime) -> str:
        """`14:00`."""
        return format_time(local, "short", locale=_LOCALES[self.language])

    def money(self, amount: int, currency: str) -> str:
        """`€60.00`, from an amount in minor units."""
        known = CURRENCIES[currency.lower()]
        pattern = _money_pattern(self.language, 0 if known.code in WHOLE_UNITS else known.exponent)
        code, locale = known.code.upper(), _LOCALES[self.language]
        text = format_currency(
            Decimal(amount).scaleb(-known.exponent),
            code,
            format=pattern,
            locale=locale,
            currency_digits=False,
        )
        symbol = get_currency_symbol(code, locale)
        if self.language in RIGHT_TO_LEFT and symbol[0].isascii():
            # Otherwise the sign of `US$` is moved to the other side of its letters.
            text = text.replace(symbol, symbol + LEFT_TO_RIGHT_MARK)
        return text

    def duration(self, seconds: int) -> str:
        """`1 hour and 5 minutes`, rounded down to minutes; `45 seconds` if it is less than one."""
        locale = _LOCALES[self.language]
        if 0 < seconds < 60:
            return format_unit(seconds, "duration-second", locale=locale)
        hours, minutes = divmod(seconds // 60, 60)
        parts = [format_unit(hours, "duration-hour", locale=locale)] if hours else []
        if minutes or not hours:
            parts.append(format_unit(minutes, "duration-minute", locale=locale))
        return format_list(parts, locale=locale)

    def plural(self, count: int) -> str:
        """The plural form that the language has for a number: zero, one, two, few, many, other."""
        return _LOCALES[self.language].plural_form(count)


# Cached, because everything that is said about a booking names its time.
@functools.lru_cache(maxsize=1024)
def _span(formats: Formats, start: datetime, end: datetime) -> str:
    place = zone_of(formats.time_zone)
    first, last = start.astimezone(place), end.astimezone(place)
    if first.date() != last.date() or first.utcoffset() != last.utcoffset():
        return f"{formats.instant(start)} – {formats.instant(end)}"
    return formats.dated(first, f"{formats.time(first)}–{formats.time(last)}", place)


@functools.cache
def _money_pattern(language: Language, digits: int) -> NumberPattern:
    """The language's pattern with the number of decimals in which the currency is charged, which is
    not always the one in which people use it.
    """
    pattern: NumberPattern = copy.copy(_LOCALES[language].currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    return pattern


def zone_of(name: str) -> ZoneInfo:
    """The reader's time zone; UTC if this machine does not know the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
