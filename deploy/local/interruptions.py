"""Ctrl-C, SIGTERM and SIGHUP end a command in the same way, so that what was begun is undone."""

from __future__ import annotations

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_has_come = False


def enable() -> None:
    """From now on each of SIGNALS raises KeyboardInterrupt; after `nohup`, SIGHUP is still ignored,
    and in a shell's background SIGINT.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    global _has_come
    _has_come = True
    raise KeyboardInterrupt


def check() -> None:
    """Raises KeyboardInterrupt if one of SIGNALS has come. The first one may have been lost: Python
    discards it while it finalises an object, such as a response of supervisord.
    """
    if _has_come:
        raise KeyboardInterrupt
