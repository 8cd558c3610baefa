"""The life of a thing as data: a table of transitions, and what may be asked of it.

Pure: standard library only. A service declares its statuses, verbs and actors as StrEnums and its
table as a tuple of `Transition`; `Lifecycle` answers where a verb leads.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

StatusT = TypeVar("StatusT", bound=StrEnum)
VerbT = TypeVar("VerbT", bound=StrEnum)
ActorT = TypeVar("ActorT", bound=StrEnum)


class Transition(NamedTuple, Generic[StatusT, VerbT, ActorT]):
    """`verb` takes a thing from `source` to `target` when one of `by` does it."""

    verb: VerbT
    source: StatusT
    target: StatusT
    by: tuple[ActorT, ...]


class TransitionRefused(Exception):
    """No row of the table allows `verb` by `by` in `status`."""

    def __init__(self, status: str, verb: str, by: str) -> None:
        super().__init__(f"{verb} by {by} is not possible in {status}")
        self.status = status
        self.verb = verb
        self.by = by


class Lifecycle(Generic[StatusT, VerbT, ActorT]):
    """A table of transitions, indexed. Raises ValueError for a table in which one verb leads from
    one status to two places.
    """

    def __init__(self, transitions: Iterable[Transition[StatusT, VerbT, ActorT]]) -> None:
        self.transitions = tuple(transitions)
        self._targets: dict[tuple[str, str, str], StatusT] = {}
        for verb, source, reached, actors in self.transitions:
            for actor in actors:
                if (source, verb, actor) in self._targets:
                    raise ValueError(f"{verb} by {actor} leads from {source} to two places")
                self._targets[source, verb, actor] = reached

    def target(self, status: StatusT, verb: VerbT, by: ActorT) -> StatusT | None:
        """Where `verb` by `by` leads from `status`; None where it does not apply."""
        return self._targets.get((status, verb, by))

    def advance(self, status: StatusT, verb: VerbT, by: ActorT) -> StatusT:
        """`target`, where it must apply. Raises TransitionRefused."""
        reached = self.target(status, verb, by)
        if reached is None:
            raise TransitionRefused(status, verb, by)
        return reached

    def diagram(self, *initial: str) -> str:
        """The table as a mermaid state diagram that begins with the lines `initial`."""
        lines = ["stateDiagram-v2", *(f"    {line}" for line in initial)]
        sources = {row.source for row in self.transitions}
        lines += [
            f"    {row.source} --> {row.target}: {row.verb} ({' or '.join(row.by)})"
            for row in self.transitions
        ]
        statuses = type(self.transitions[0].target)
        lines += [f"    {status} --> [*]" for status in statuses if status not in sources]
        return "\n".join(lines)
