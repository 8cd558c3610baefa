"""A table of transitions: targets of verbs, and refusals."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from shared.lifecycle import Lifecycle, Transition, TransitionRefused


class Gate(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    GONE = "gone"


class Verb(StrEnum):
    CLOSE = "close"
    REMOVE = "remove"


class By(StrEnum):
    OWNER = "owner"
    GUEST = "guest"


CLOSE = Transition(Verb.CLOSE, Gate.OPEN, Gate.CLOSED, (By.OWNER, By.GUEST))
REMOVE = Transition(Verb.REMOVE, Gate.CLOSED, Gate.GONE, (By.OWNER,))
LIFECYCLE = Lifecycle((CLOSE, REMOVE))


def test_a_row_of_the_table_is_followed() -> None:
    assert LIFECYCLE.target(Gate.OPEN, Verb.CLOSE, By.GUEST) is Gate.CLOSED
    assert LIFECYCLE.advance(Gate.CLOSED, Verb.REMOVE, By.OWNER) is Gate.GONE


@pytest.mark.parametrize(
    ("status", "verb", "by"),
    [
        (Gate.OPEN, Verb.REMOVE, By.OWNER),
        (Gate.CLOSED, Verb.REMOVE, By.GUEST),
        (Gate.GONE, Verb.CLOSE, By.OWNER),
    ],
)
def test_what_no_row_allows_is_refused(status: Any, verb: Any, by: Any) -> None:
    assert LIFECYCLE.target(status, verb, by) is None
    with pytest.raises(TransitionRefused) as refused:
        LIFECYCLE.advance(status, verb, by)
    assert (refused.value.status, refused.value.verb, refused.value.by) == (status, verb, by)


def test_a_verb_that_leads_to_two_places_is_no_table() -> None:
    elsewhere = Transition(Verb.CLOSE, Gate.OPEN, Gate.GONE, (By.GUEST,))
    with pytest.raises(ValueError, match="two statuses"):
        Lifecycle((CLOSE, elsewhere))


def test_the_diagram_shows_every_row_and_every_end() -> None:
    assert LIFECYCLE.diagram("[*] --> open: build (owner)").splitlines() == [
        "stateDiagram-v2",
        "    [*] --> open: build (owner)",
        "    open --> closed: close (owner or guest)",
        "    closed --> gone: remove (owner)",
        "    gone --> [*]",
    ]
