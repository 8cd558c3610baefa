"""`make bench`: the whole project and a peer written in the plain way, measured side by side in one run.

The peer and the load driver lie beside the checkout (PERF, default ../shared/perf): FastAPI, one
PostgreSQL, no broker, no events. Both take their payments to a Stripe sandbox of their own. The
runs alternate between the targets, so that what else happens on the machine happens to both. Goals
that are missed are said plainly, and the exit status is 1. BENCH_RUNS (3), BENCH_SECONDS (10),
BENCH_CONSULTANTS (10000), BENCH_MANY (100000; 0: not).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.goals import Measured, verdicts
from deploy.local.postgres import binaries

ROOT = Path(__file__).resolve().parent.parent
PERF = Path(os.environ.get("PERF", ROOT.parent / "shared" / "perf"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
SECONDS = os.environ.get("BENCH_SECONDS", "10")
CONSULTANTS = int(os.environ.get("BENCH_CONSULTANTS", "10000"))
MANY = int(os.environ.get("BENCH_MANY", "100000"))
READS = ("me", "profile", "list", "search", "availability")
PROJECT = {
    "DEMO": "0",
    "DETACH": "1",
    "RATE_LIMIT_PER_MINUTE": "100000000",
    "LOGIN_ATTEMPTS_PER_MINUTE": "10000000",
    "START_EARLY_SECONDS": "31536000",
}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def project(folder: Path) -> Iterator[Path]:
    """The project, started as its user would; its stack.json."""
    environment = {
        **os.environ,
        **PROJECT,
        "PORT": str(free_port()),
        "DATA_DIR": str(folder / "project"),
    }
    subprocess.run(
        ["make", "-s", "up"], cwd=ROOT, env=environment, check=True, stdin=subprocess.DEVNULL
    )
    try:
        yield folder / "project" / "stack.json"
    finally:
        subprocess.run(
            ["make", "-s", "down"], cwd=ROOT, env=environment, check=True, stdin=subprocess.DEVNULL
        )


@contextlib.contextmanager
def running(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, stopped at the end."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


@contextlib.contextmanager
def peer(folder: Path, workers: int, stripe: str) -> Iterator[Path]:
    """The peer with so many workers; its stack.json."""
    port = free_port()
    data = folder / f"peer-{workers}"
    settings = {
        "PORT": str(port),
        "WORKERS": str(workers),
        "DATA_DIR": str(data),
        "STRIPE_API_BASE": stripe,
        "STRIPE_SECRET_KEY": KEY,
        "START_EARLY_SECONDS": "31536000",
        "PERF_HOME": str(folder / "perf"),
    }
    with running([str(PERF / "peer" / "run.sh")], **settings):
        wait_for(data / "stack.json")
        yield data / "stack.json"


KEY = "sk_test_peer"


@contextlib.contextmanager
def stand_in(folder: Path) -> Iterator[str]:
    """Where the peer takes its payments."""
    sandbox, door = free_port(), free_port()
    listen = [
        "--listen",
        f"127.0.0.1:{sandbox}",
        "--data",
        str(folder / "stripe"),
        "--secret-key",
        KEY,
    ]
    with (
        running([sys.executable, "-m", "sandbox.stripe", *listen]),
        running([sys.executable, "-m", "bench.stand_in", str(door), f"http://127.0.0.1:{sandbox}"]),
    ):
        yield f"http://127.0.0.1:{door}"


def wait_for(path: Path, seconds: float = 180) -> None:
    """Waits until `path` is there."""
    end = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > end:
            raise SystemExit(f"{path} did not come within {seconds:.0f} s")
        time.sleep(0.2)


def load(folder: Path, label: str, stack: Path, scenarios: str, *more: str) -> list[dict[str, Any]]:
    """One run of the load driver; a result per scenario."""
    command = [
        str(PERF / "py"),
        str(PERF / "load.py"),
        "--stack",
        str(stack),
        "--label",
        label,
        "--scenarios",
        scenarios,
    ]
    options = ["--seconds", SECONDS, "--consultants", str(CONSULTANTS), "--wait-quiet", "20", *more]
    environment = {
        **os.environ,
        "PERF_HOME": str(folder / "perf"),
        "PATH": f"{binaries()}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        command + options,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    results = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    for result in results:
        print(f"  {label:8} {result['scenario']:13} {result['rps']:9.1f}/s  p50 {result['p50_ms']:7.2f}  p99 {result['p99_ms']:7.2f} ms"
              f"  {result['req_per_cpu_s'] or 0:8.1f} per CPU-s  errors {result['errors']}", flush=True)  # fmt: skip
    return results


def memory_of(stack: Path) -> float:
    """Resident MB of services and gateway together."""
    pids = json.loads(stack.read_text())["processes"]
    total = 0
    for name in ("identity", "directory", "booking", "payments", "gateway"):
        status = Path(f"/proc/{pids[name]}/status").read_text()
        total += int(status.partition("VmRSS:")[2].split()[0])
    return total / 1024


def main() -> int:
    """The command; 0 when every goal is reached."""
    # However it is ended, also from the background, where Ctrl-C is ignored: what it has started is
    # stopped.
    for way in (signal.SIGTERM, signal.SIGINT):
        signal.signal(way, lambda number, _: sys.exit(128 + number))
    for tool in ("wrk",):
        if shutil.which(tool) is None:
            raise SystemExit(
                f"{tool} is not installed: apt-get install {tool}, or brew install {tool}"
            )
    if not (PERF / "load.py").exists():
        raise SystemExit(f"no load driver at {PERF}: set PERF to its folder")
    measured = Measured()
    seed = ("--seed-sql", str(ROOT / "bench" / "seed.sql"))
    loop = ("--loops", "300", "--loop-slots", "100")
    # Readable for the users that the databases run as.
    folder = Path(tempfile.mkdtemp(prefix="cc-bench-"))
    folder.chmod(0o755)
    try:
        with (
            stand_in(folder) as stripe,
            project(folder) as ours,
            peer(folder, 1, stripe) as one,
            peer(folder, 2, stripe) as two,
        ):
            for run in range(RUNS):
                print(f"run {run + 1} of {RUNS}", flush=True)
                measured.add("project", load(folder, "project", ours, ",".join(READS), *seed))
                measured.add("peer", load(folder, "peer", one, ",".join(READS)))
                measured.add("project", load(folder, "project", ours, "book,loop", *loop))
                measured.add("peer2", load(folder, "peer2", two, "book,loop", *loop))
                measured.add("peer", load(folder, "peer", one, "loop", *loop))
            measured.memory_mb = memory_of(ours)
            if MANY:
                many = ("--consultants", str(MANY), *seed)
                for _ in range(RUNS):
                    measured.add("many", load(folder, "many", ours, "search", *many))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(measured.table())
    for scenario in ("book", "loop"):
        print("\n".join(measured.costs(scenario)))
    failed = 0
    for goal, reached in verdicts(measured):
        print(("reached  " if reached else "MISSED   ") + goal)
        failed += not reached
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
