"""A lifecycle as data: a table of transitions, and queries on it.

Pure: standard library only. A service declares its statuses, verbs and actors as StrEnums and its
table as a tuple of `Transition`; `Lifecycle` returns the target status of a verb.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

StatusT = TypeVar("StatusT", bound=StrEnum)
VerbT = TypeVar("VerbT", bound=StrEnum)
ActorT = TypeVar("ActorT", bound=StrEnum)


class Transition(NamedTuple, Generic[StatusT, VerbT, ActorT]):
    """`verb` moves an object from `source` to `target` when performed by one of `by`."""

    verb: VerbT
    source: StatusT
    target: StatusT
    by: tuple[ActorT, ...]


class TransitionRefused(Exception):
    """No transition allows `verb` by `by` in `status`."""

    def __init__(self, status: str, verb: str, by: str) -> None:
        super().__init__(f"{verb} by {by} is not possible in {status}")
        self.status = status
        self.verb = verb
        self.by = by


class Lifecycle(Generic[StatusT, VerbT, ActorT]):
    """An indexed table of transitions. Raises ValueError if one verb leads from one status to two
    targets.
    """

    def __init__(self, transitions: Iterable[Transition[StatusT, VerbT, ActorT]]) -> None:
        self.transitions = tuple(transitions)
        self._targets: dict[tuple[str, str, str], StatusT] = {}
        for verb, source, reached, actors in self.transitions:
            for actor in actors:
                if (source, verb, actor) in self._targets:
                    raise ValueError(f"{verb} by {actor} leads from {source} to two statuses")
                self._targets[source, verb, actor] = reached

    def target(self, status: StatusT, verb: VerbT, by: ActorT) -> StatusT | None:
        """The status to which `verb` by `by` leads from `status`; None if the transition does not
        exist.
        """
        return self._targets.get((status, verb, by))

    def advance(self, status: StatusT, verb: VerbT, by: ActorT) -> StatusT:
        """Like `target`, but raises TransitionRefused if the transition does not exist."""
        reached = self.target(status, verb, by)
        if reached is None:
            raise TransitionRefused(status, verb, by)
        return reached

    def diagram(self, *initial: str) -> str:
        """The table as a mermaid state diagram that starts with the lines `initial`."""
        lines = ["stateDiagram-v2", *(f"    {line}" for line in initial)]
        sources = {row.source for row in self.transitions}
        lines += [
            f"    {row.source} --> {row.target}: {row.verb} ({' or '.join(row.by)})"
            for row in self.transitions
        ]
        statuses = type(self.transitions[0].target)
        lines += [f"    {status} --> [*]" for status in statuses if status not in sources]
        return "\n".join(lines)
