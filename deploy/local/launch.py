"""What supervisord runs for each program: clear up after its predecessor, then become it, pid and
all.

python -m deploy.local.launch NAME DATA_DIR
"""

import os
import pathlib
import sys
import time

from deploy.local import processes, programs
from deploy.local.servers import SERVERS

QUICK = 2.0  # seconds; a program that ends sooner than that waits a second before its next attempt


def main(name: str, data: pathlib.Path) -> None:
    """Never returns: this process becomes the program."""
    _slow_down(data / "run" / name)
    if name in SERVERS:
        server = SERVERS[name](data)
        server.prepare()
        server.command().replace_this_process()
    program = programs.read(data)[name]
    # Its own children may have outlived it (a killed master's workers), and they sit on its port.
    processes.kill(processes.marked(str(data), program=name))
    os.execve(program["arguments"][0], program["arguments"], program["environment"])  # noqa: S606


def _slow_down(stamp: pathlib.Path) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    if stamp.exists() and time.time() - stamp.stat().st_mtime < QUICK:
        time.sleep(1)
    stamp.touch()


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
