"""Progress on the terminal: one line per step with its duration; for a failed step what failed,
why, and where the log is.
"""

import contextlib
import pathlib
import re
import sys
import time
from collections.abc import Iterator

from rich.console import Console

WIDTH = 58
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Failed(Exception):
    """A step that failed: the reason, and a log with details."""

    def __init__(self, reason: str, log: pathlib.Path | None = None) -> None:
        super().__init__(reason)
        self.log = log


@contextlib.contextmanager
def step(name: str, since: float | None = None) -> Iterator[None]:
    """Show the step while it runs, and its outcome. Exceptions are shown and re-raised.

    `since` is the Unix time when the work began, if earlier.
    """
    began = time.time() if since is None else since
    try:
        with _console().status(name):  # a spinner on a terminal, nothing elsewhere
            yield
    except KeyboardInterrupt:
        _conclude("-", name, "interrupted")
        raise
    except Exception:
        _conclude("✗", name, f"failed after {time.time() - began:.1f} s")
        raise
    _conclude("✓", name, f"{time.time() - began:.1f} s")


def _console() -> Console:
    """For the current standard output: a test may have replaced it."""
    return Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=True)


def _conclude(sign: str, name: str, outcome: str) -> None:
    _console().print(f"  {sign} {name:<{WIDTH}} {outcome:>8}")


def note(text: str) -> None:
    """Print a line between the steps."""
    _console().print(f"    {text}")


def explain(error: Exception) -> None:
    """Print to stderr why a step failed, with the end of its log."""
    print(f"\n{error}", file=sys.stderr)
    log = error.log if isinstance(error, Failed) else None
    if log is not None and log.exists():
        print(f"\nThe end of {log}:", file=sys.stderr)
        for line in last_lines(log):
            print(f"  | {line}", file=sys.stderr)


def last_lines(log: pathlib.Path, count: int = 15) -> list[str]:
    """The log's last lines without colours, read from its last 64 kB."""
    with log.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65536))
        text = file.read().decode(errors="replace")
    return COLOURS.sub("", text).rstrip().splitlines()[-count:]
