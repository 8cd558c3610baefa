"""Runs under supervisord for each program: cleans up after the previous process, then replaces
itself with the program, keeping its pid.

    python -m deploy.local.launch NAME DATA_DIR

Nobody else runs it, and each start of a program waits for it: hence without typer.
"""

import os
import pathlib
import sys
import time

from deploy.local import processes, programs
from deploy.local.servers import SERVERS

QUICK = 2.0  # seconds; a program that exits sooner waits a second before its next attempt


def main(name: str, data: pathlib.Path) -> None:
    """Never returns: the program replaces this process."""
    _slow_down(data / "run" / name)
    if name in SERVERS:
        server = SERVERS[name](data)
        server.prepare()
        server.command().replace_this_process()
    program = programs.read(data)[name]
    # Child processes may have outlived it (workers of a killed parent) and occupy its port.
    processes.kill(processes.marked(str(data), program=name))
    os.execve(program["arguments"][0], program["arguments"], program["environment"])  # noqa: S606


def _slow_down(stamp: pathlib.Path) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    if stamp.exists() and time.time() - stamp.stat().st_mtime < QUICK:
        time.sleep(1)
    stamp.touch()


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
