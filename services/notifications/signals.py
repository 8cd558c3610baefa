"""What is to happen at once after a commit: the composition root says who listens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID


class WorkDue:
    """Rows were written that a job is to look at."""

    def __init__(self) -> None:
        self.listener: Callable[[], None] | None = None

    def wake(self) -> None:
        """Has the job look for work."""
        if self.listener is not None:
            self.listener()


class StreamsChanged:
    """Rows were added to these users' streams, or their sessions have ended."""

    def __init__(self) -> None:
        self.listener: Callable[[Iterable[UUID]], None] | None = None

    def wake(self, users: Iterable[UUID]) -> None:
        """Has every replica look for what is new to these users."""
        if self.listener is not None:
            self.listener(users)


mails_due = WorkDue()
reminders_due = WorkDue()
streams_changed = StreamsChanged()
