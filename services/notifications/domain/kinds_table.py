"""`python -m services.notifications.domain.kinds_table`: prints KINDS as the table of
docs/notifications.md. A test compares the two.
"""

from __future__ import annotations

from services.notifications.domain.kind import Channel, Due, Kind
from services.notifications.domain.kinds import KINDS

HOUR = 3_600


def _void_in_words(kind: Kind) -> str:
    if Channel.MAIL not in kind.channels:
        return "–"
    parts = []
    if kind.void.statuses:
        parts.append("the booking is " + " or ".join(kind.void.statuses))
    if kind.void.after:
        parts.append(f"its {kind.void.after} has passed")
    if kind.void.rated:
        parts.append("the session was rated")
    if kind.void.owes_nothing:
        parts.append("nothing is owed any more")
    if kind.due is Due.UNREAD:
        parts.append("the messages were read")
    if kind.valid_seconds:
        parts.append(f"its link is older than {kind.valid_seconds // HOUR} h")
    return "; ".join(parts) or "never"


def table() -> str:
    """KINDS as a table for the documentation."""
    lines = [
        "| kind | event | readers | channels | mail can be switched off | mail is due |"
        " mail is void when |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        mailed = Channel.MAIL in kind.channels
        cells = (
            f"`{kind.name}`",
            f"`{kind.event.TYPE}`",
            ", ".join(kind.readers),
            ", ".join(kind.channels),
            (kind.category or "no") if mailed else "–",
            kind.due if mailed else "–",
            _void_in_words(kind),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201
