"""Wake-ups after a commit, from the code that writes to the job that reads."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class WakeSignal(Generic[P]):
    """Tells its listener, if it has one, that there is work: the job that it wakes
    (`shared.jobs.Job`), or what the composition root has set.
    """

    def __init__(self) -> None:
        self.listener: Callable[P, None] | None = None

    def wake(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Calls the listener, if there is one."""
        if self.listener is not None:
            self.listener(*args, **kwargs)

    def wake_later(self, seconds: float, *args: P.args, **kwargs: P.kwargs) -> None:
        """Calls the present listener, if there is one, in `seconds`, even if another has replaced
        it by then.
        """
        if self.listener is not None:
            call = functools.partial(self.listener, *args, **kwargs)
            asyncio.get_running_loop().call_later(seconds, call)
