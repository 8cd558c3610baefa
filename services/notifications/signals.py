"""Wake-ups after a commit; the composition root connects the listeners."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID


class WorkDue:
    """Rows were written that a job must process."""

    def __init__(self) -> None:
        self.listener: Callable[[], None] | None = None

    def wake(self) -> None:
        """Makes the job look for work."""
        if self.listener is not None:
            self.listener()


class StreamsChanged:
    """Rows were added to these users' streams, or their sessions have ended."""

    def __init__(self) -> None:
        self.listener: Callable[[Iterable[UUID]], None] | None = None

    def wake(self, users: Iterable[UUID]) -> None:
        """Makes every replica query for new rows of these users."""
        if self.listener is not None:
            self.listener(users)


mails_due = WorkDue()
reminders_due = WorkDue()
streams_changed = StreamsChanged()
