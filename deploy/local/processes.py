"""Finds and ends processes that outlived the process responsible for them."""

import contextlib
import os
import pathlib
import signal
from collections.abc import Callable, Iterable, Iterator

import psutil  # type: ignore[import-untyped]

# Every program of a stack has this in its environment, and its children inherit it.
MARK = "CONSULTANT_CONNECT_STACK"
PROGRAM = "CONSULTANT_CONNECT_PROGRAM"


def working_in(folder: pathlib.Path) -> list[psutil.Process]:
    """Processes whose working directory is `folder`: needed for PostgreSQL's, which overwrite their
    environment.
    """
    real = str(folder.resolve())
    return _those(lambda process: bool(process.cwd() == real))


def marked(stack: str, program: str | None = None) -> list[psutil.Process]:
    """Processes of that stack (or of one of its programs), except this one and its ancestors."""
    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}

    def wanted(process: psutil.Process) -> bool:
        if process.pid in spared:
            return False
        environment = process.environ()
        return environment.get(MARK) == stack and program in (None, environment.get(PROGRAM))

    return _those(wanted)


def _those(wanted: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    def found() -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if wanted(process):
                    yield process

    return list(found())


def end(processes: Iterable[psutil.Process], *, patience: float = 5.0) -> list[int]:
    """Terminate them, kill those left after `patience` seconds, and return the pids found."""
    those = list(processes)
    for how in (signal.SIGTERM, signal.SIGKILL):
        for process in those:
            with contextlib.suppress(psutil.Error):
                process.send_signal(how)
        gone, _ = psutil.wait_procs(those, timeout=patience)
        if len(gone) == len(those):
            break
    return [process.pid for process in those]


def kill(processes: Iterable[psutil.Process]) -> list[int]:
    """Kill them at once: without their parent, nothing can stop them gracefully."""
    those = list(processes)
    for process in those:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(those, timeout=10)
    return [process.pid for process in those]
