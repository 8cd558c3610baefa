"""`python -m services.notifications.domain.kinds_documentation`: prints KINDS as the table of
docs/notifications.md. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.notifications.domain import conditions
from services.notifications.domain.kinds import KINDS
from services.notifications.domain.model import Channel, Due, Kind

HOUR = 3_600
_CONDITIONS: dict[Callable[[Any], bool], str] = {
    conditions.always: "–",
    conditions.first_attempt: "it is the first attempt",
    conditions.is_withdrawn_by_proposer: "the proposer has withdrawn it",
    conditions.is_owed: "the seeker owes it",
    conditions.is_money_back: "money goes back to the seeker",
    conditions.is_opened: "it was opened",
    conditions.is_paid: "money was paid out",
}
# The other fields of `Void`, in words.
_FLAGS = {
    "moved": "the booking has another time",
    "answered": "the request that it asks the reader to answer is answered, or it is too late",
    "proposal_closed": "the proposal is not open any more",
    "time_taken": "the time is taken",
    "failure_ended": "the calendar was read or removed",
    "rated": "the session was rated",
    "owes_nothing": "nothing is owed any more",
}


def _void_in_words(kind: Kind) -> str:
    if Channel.MAIL not in kind.channels:
        return "–"
    void, parts = kind.void, []
    if void.statuses:
        parts.append("the booking is " + " or ".join(void.statuses))
    if void.after:
        parts.append(f"its {void.after} has passed")
    parts += [words for field, words in _FLAGS.items() if getattr(void, field)]
    if kind.due is Due.REMINDERS:
        parts.append("the next reminder is due")
    if kind.due is Due.UNREAD:
        parts.append("the messages were read")
    if kind.valid_seconds:
        parts.append(f"its link is older than {kind.valid_seconds // HOUR} h")
    return "; ".join(parts) or "never"


def table() -> str:
    """KINDS as a table for the documentation."""
    lines = [
        "| kind | event | readers | channels | list and mail only if | mail can be switched off |"
        " mail is due | mail is void when |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        mailed = Channel.MAIL in kind.channels
        cells = (
            f"`{kind.name}`",
            f"`{kind.event.TYPE}`",
            ", ".join(kind.readers),
            ", ".join(kind.channels),
            _CONDITIONS[kind.condition],
            (kind.category or "no") if mailed else "–",
            kind.due if mailed else "–",
            _void_in_words(kind),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201
