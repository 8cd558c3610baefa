"""Numbers with what they count, in English. Pure."""

from __future__ import annotations


def counted(number: float, noun: str) -> str:
    """`1 minute`, `2 minutes`, `1.5 minutes`, `3 entries`: for nouns with a regular plural."""
    plural = f"{noun[:-1]}ies" if noun.endswith("try") else f"{noun}s"
    return f"{number:.15g} {noun if number == 1 else plural}"
