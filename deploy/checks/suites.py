"""`python -m deploy.checks.suites`: runs all tests, in two parallel groups.

The modules' own tests and the tests of the whole system are independent: each group is one pytest
run with its own servers. The web app's unit tests follow the shorter group. With arguments it is an
ordinary pytest run: all of them are pytest's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO

from deploy.local.settings import ROOT

PYTEST = (sys.executable, "-m", "pytest", "--durations=20", "--durations-min=5")
WEB_UNIT_TESTS = (sys.executable, "-m", "deploy.local", "web", "test")
INTERRUPTED = 2  # pytest's status after Ctrl-C
MODULES = ("shared", "services", "gateway", "sandbox", "tests/description")
SYSTEM = ("deploy", "bench", "tests/test_*.py", "tests/journeys", "tests/model_based")
BROWSERS = ("tests/web",)


def paths_of(group: tuple[str, ...]) -> list[str]:
    """The existing folders and files of `group`, whose paths may be patterns."""
    found = [path for pattern in group for path in sorted(ROOT.glob(pattern))]
    return [str(path.relative_to(ROOT)) for path in found]


def run_all() -> int:
    """Runs both groups; the output of the second is shown when the first has finished."""
    with tempfile.TemporaryFile() as output, ThreadPoolExecutor(1) as beside:
        second = beside.submit(
            _run_each, ([*PYTEST, *paths_of(SYSTEM + BROWSERS)], WEB_UNIT_TESTS), output
        )
        failed = _run_each([[*PYTEST, *paths_of(MODULES)]]) + second.result()
        output.seek(0)
        sys.stdout.flush()
        while chunk := output.read(1 << 16):
            os.write(sys.stdout.fileno(), chunk)
    return int(failed > 0)


def _run_each(commands: Iterable[Sequence[str]], output: IO[bytes] | None = None) -> int:
    """Runs one command after the other until one is interrupted; returns how many failed."""
    failed = 0
    for command in commands:
        status = subprocess.call(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
        )
        failed += status != 0
        if status == INTERRUPTED or status < 0:
            break
    return failed


def main() -> int:
    """The command."""
    arguments = sys.argv[1:]
    return subprocess.call([*PYTEST, *arguments], cwd=ROOT) if arguments else run_all()


if __name__ == "__main__":
    sys.exit(main())
