"""`make logs`: follows the programs' logs, each line prefixed with the program's name."""

import pathlib
import subprocess
import sys
from collections.abc import Iterable

from deploy.local.supervisor import Supervisor


def follow(data: pathlib.Path, names: Iterable[str]) -> int:
    """Print the last lines and then new ones, until Ctrl-C. 1 if there are no logs."""
    supervisor = Supervisor(data)
    logs = [supervisor.log(name) for name in names if supervisor.log(name).exists()]
    if not logs:
        print(f"There are no logs in {supervisor.logs} yet: make up", file=sys.stderr)
        return 1
    lines = subprocess.Popen(
        ["tail", "-n", "20", "-F", *map(str, logs)], stdout=subprocess.PIPE, text=True
    )
    try:
        _print(lines.stdout or (), logs[0].stem)
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    finally:
        lines.terminate()
    return 0


def _print(lines: Iterable[str], name: str) -> None:
    """With several files, `tail` prints `==> file <==` before another file's lines."""
    for line in lines:
        if line.startswith("==> ") and line.endswith(" <==\n"):
            name = pathlib.Path(line[4:-5]).stem
        elif line.strip():
            print(f"{name:<15} | {line}", end="", flush=True)
