"""A table of transitions: targets of verbs, and refusals."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from shared.lifecycle import Lifecycle, Transition, TransitionRefused


class Door(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    GONE = "gone"


class Verb(StrEnum):
    CLOSE = "close"
    REMOVE = "remove"


class By(StrEnum):
    OWNER = "owner"
    GUEST = "guest"


CLOSE = Transition(Verb.CLOSE, Door.OPEN, Door.CLOSED, (By.OWNER, By.GUEST))
REMOVE = Transition(Verb.REMOVE, Door.CLOSED, Door.GONE, (By.OWNER,))
LIFECYCLE = Lifecycle((CLOSE, REMOVE))


def test_a_row_of_the_table_is_followed() -> None:
    assert LIFECYCLE.target(Door.OPEN, Verb.CLOSE, By.GUEST) is Door.CLOSED
    assert LIFECYCLE.advance(Door.CLOSED, Verb.REMOVE, By.OWNER) is Door.GONE


@pytest.mark.parametrize(
    ("status", "verb", "by"),
    [
        (Door.OPEN, Verb.REMOVE, By.OWNER),
        (Door.CLOSED, Verb.REMOVE, By.GUEST),
        (Door.GONE, Verb.CLOSE, By.OWNER),
    ],
)
def test_what_no_row_allows_is_refused(status: Any, verb: Any, by: Any) -> None:
    assert LIFECYCLE.target(status, verb, by) is None
    with pytest.raises(TransitionRefused) as refused:
        LIFECYCLE.advance(status, verb, by)
    assert (refused.value.status, refused.value.verb, refused.value.by) == (status, verb, by)


def test_a_verb_that_leads_to_two_places_is_no_table() -> None:
    elsewhere = Transition(Verb.CLOSE, Door.OPEN, Door.GONE, (By.GUEST,))
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
