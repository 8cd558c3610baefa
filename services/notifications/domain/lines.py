"""Texts of one line. Pure."""

from __future__ import annotations


def one_line(text: str, longest: int = 200) -> str:
    """`text` on one line of limited length: for subjects, titles and names."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
