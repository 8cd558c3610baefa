"""Formatting of instants, time spans and amounts for one reader. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.currencies import CURRENCIES


def zone_of(name: str) -> ZoneInfo:
    """The reader's time zone; UTC if this machine does not know the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def instant(at: datetime, zone: str) -> str:
    """`Tuesday, 1 December 2026, 14:00 (Europe/Berlin)`."""
    place = zone_of(zone)
    local = at.astimezone(place)
    return f"{local:%A}, {local.day} {local:%B %Y}, {local:%H:%M} ({place.key})"


def span(start: datetime, end: datetime, zone: str) -> str:
    """`Tuesday, 1 December 2026, 14:00–15:00 (Europe/Berlin)`. Across midnight, or a change of the
    UTC offset, the end is written in full.
    """
    place = zone_of(zone)
    first, last = start.astimezone(place), end.astimezone(place)
    if first.date() != last.date() or first.utcoffset() != last.utcoffset():
        return f"{instant(start, zone)} – {instant(end, zone)}"
    day = f"{first:%A}, {first.day} {first:%B %Y}"
    return f"{day}, {first:%H:%M}–{last:%H:%M} ({place.key})"


def money(amount: int, currency: str) -> str:
    """`60.00 EUR`, from an amount in minor units."""
    return CURRENCIES[currency.lower()].text(amount)


def duration(seconds: int) -> str:
    """`1 h 5 min`, rounded to minutes."""
    hours, minutes = divmod(seconds // 60, 60)
    if hours and minutes:
        return f"{hours} h {minutes} min"
    return f"{hours} h" if hours else f"{minutes} min"


def one_line(text: str, longest: int = 200) -> str:
    """`text` on one line of limited length: for subjects, titles and names."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
