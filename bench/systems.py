"""The measured systems, started for one run: the project as a user starts it, and its peer."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.load.target import Target
from deploy.local.postgres import Postgres
from shared.testing.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
STRIPE_KEY = "sk_test_peer"
SECONDS = 60.0  # seconds until a program responds
# Rate limits are off, and a session can be started as soon as it is confirmed.
UNLIMITED = {
    "RATE_LIMIT_PER_MINUTE": "100000000",
    "LOGIN_ATTEMPTS_PER_MINUTE": "10000000",
    "START_EARLY_SECONDS": "31536000",
}


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for the data of the measured systems, deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="cc-bench-"))
    folder.chmod(0o755)  # The user that runs the servers must be able to access it.
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def project(folder: Path, root: Path = ROOT, **settings: str) -> Iterator[Target]:
    """The project in the checkout `root`, started by `make up`."""
    data = folder / "project"
    environment = {
        **os.environ,
        **UNLIMITED,
        "DEMO": "0",
        "DETACH": "1",
        "PORT": str(free_port()),
        "DATA_DIR": str(data),
        **settings,
    }

    def make(target: str) -> None:
        subprocess.run(
            ["make", "-s", target], cwd=root, env=environment, stdin=subprocess.DEVNULL, check=True
        )

    make("up")
    try:
        stack = json.loads((data / "stack.json").read_text())
        yield Target("project", stack, root / "bench" / "seed.sql")
    finally:
        make("down")


@contextlib.contextmanager
def revision(folder: Path, name: str) -> Iterator[Target]:
    """The project at a git revision, in its own checkout."""
    checkout = folder / "before"
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--detach", str(checkout), name], check=True)
    try:
        (folder / "then").mkdir(mode=0o755)
        with project(folder / "then", checkout) as target:
            target.label = "before"
            yield target
    finally:
        subprocess.run([*git, "remove", "--force", str(checkout)], check=True)


@contextlib.contextmanager
def running(command: list[str], environment: Mapping[str, str]) -> Iterator[int]:
    """Runs a program of the benchmark within the block and yields its pid."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def wait_for(url: str) -> None:
    """Waits until `url` responds, with any status."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310  # nosec B310 # on this machine
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > end:
                raise SystemExit(f"{url} did not answer within {SECONDS:.0f} s") from None
            time.sleep(0.1)


@contextlib.contextmanager
def stripe_sandbox(folder: Path) -> Iterator[str]:
    """A Stripe sandbox for the peers; the project has its own."""
    port = free_port()
    options = {"--listen": f"127.0.0.1:{port}", "--data": str(folder / "stripe")}
    arguments = [part for option in options.items() for part in option]
    command = [sys.executable, "-m", "sandbox.stripe", *arguments, "--secret-key", STRIPE_KEY]
    with running(command, {}):
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/health/live")
        yield url


@contextlib.contextmanager
def peers(folder: Path, stripe: str, *workers: int) -> Iterator[list[Target]]:
    """Peers with these numbers of workers, with their own databases on one server."""
    server = Postgres(folder / "peer").start()
    assert server.process is not None
    try:
        with contextlib.ExitStack() as stack:
            yield [
                stack.enter_context(_peer(server, server.process.pid, stripe, count))
                for count in workers
            ]
    finally:
        server.stop(delete=True)


@contextlib.contextmanager
def _peer(server: Postgres, postgres_pid: int, stripe: str, workers: int) -> Iterator[Target]:
    name, port = f"peer{workers}", free_port()
    server.create_database(name)
    settings = {
        **UNLIMITED,
        "DATABASE_URL": server.url_of(name),
        "STRIPE_API_BASE": stripe,
        "STRIPE_SECRET_KEY": STRIPE_KEY,
    }
    command = [sys.executable, "-m", "bench.peer", str(port), str(workers)]
    with running(command, settings) as pid:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/health/live")
        peer = {
            "gateway": url,
            "database": server.url_of(name),
            "processes": {"peer": pid, "postgres": postgres_pid},
        }
        yield Target(name, peer, ROOT / "bench" / "peer" / "seed.sql")
