"""The way of a step that was claimed when it was planned to the worker of this process."""

from __future__ import annotations

from typing import Protocol

from services.payments.domain.operations import Operation


class StepWorker(Protocol):
    """The part of the worker that is needed to hand it a step."""

    def has_room(self) -> bool:
        """Whether fewer steps are running than may."""

    def start(self, operation: Operation) -> None:
        """Executes a claimed step in the background."""


class Handover:
    """Passes steps on to a worker after the commit. Without a worker, as in operators' commands,
    steps wait for the worker's job in another process.

    There is one for the whole process, like `signals`, to which the composition root connects the
    worker. Passed as an argument it would have to go through every
    reaction, command and handler between the root and `operations.plan`, none of which uses it:
    whether a step is executed at once is no concern of the code that plans it.
    """

    def __init__(self) -> None:
        self.worker: StepWorker | None = None

    def has_room(self) -> bool:
        """Whether a worker of this process would send one more step at once."""
        return self.worker is not None and self.worker.has_room()

    def __call__(self, operation: Operation) -> None:
        """Hands a claimed step to the worker."""
        if self.worker is not None:
            self.worker.start(operation)


handover = Handover()
