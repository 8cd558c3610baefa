"""The web app: its packages and its build, redone only when their sources have changed."""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import subprocess
from collections.abc import Iterable, Iterator

from deploy.local import node
from deploy.local.settings import ROOT
from deploy.local.steps import Failed, explain, note, step

WEB = ROOT / "web"
LOG = ROOT / ".cache" / "web.log"


def build() -> None:
    """Bring `web/dist` up to date. A failure is reported, and the API runs without a web app."""
    if not (WEB / "package.json").exists():
        return
    try:
        with _exclusive():
            install()
            _build()
    except Failed as failed:
        explain(failed)
        note("The marketplace starts without a new web app; the API is complete.")


def _build() -> None:
    built = _fingerprint(_sources())
    if _remembered("build") != built or not (WEB / "dist" / "index.html").exists():
        with step("Build the web app"):
            _npm("run", "build")
            _remember("build", built)


@contextlib.contextmanager
def _exclusive() -> Iterator[None]:
    """Two stacks that start at once share one `web/`: the second waits and finds the work done."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install() -> None:
    """Run `npm ci` if the lock file has changed since the last time. Raises Failed."""
    locked = _fingerprint([WEB / "package.json", WEB / "package-lock.json"])
    # npm writes this file last: without it the folder was left by an interrupted installation.
    if _remembered("packages") == locked and (WEB / "node_modules" / ".package-lock.json").exists():
        return
    node.ensure(LOG)
    with step("Install the web app's packages"):
        _npm("ci" if (WEB / "package-lock.json").exists() else "install", "--no-audit", "--no-fund")
        _remember("packages", locked)


def run(script: str) -> int:
    """Runs one of package.json's scripts on the terminal; returns its exit status, 0 if there is no
    web app.
    """
    if not (WEB / "package.json").exists():
        return 0
    with _exclusive():
        install()
    return subprocess.run(
        ["npm", "run", "--if-present", script], cwd=WEB, env=node.environment()
    ).returncode


def _npm(*arguments: str) -> None:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("wb") as output:
        done = subprocess.run(
            ["npm", *arguments],
            cwd=WEB,
            env=node.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    if done.returncode != 0:
        raise Failed(f"`npm {' '.join(arguments)}` failed in {WEB}", LOG)


def _sources() -> Iterable[pathlib.Path]:
    skipped = {"node_modules", "dist", "coverage", "test-results", "playwright-report"}
    for folder, below, names in os.walk(WEB):
        below[:] = sorted(
            name for name in below if name not in skipped and not name.startswith(".")
        )
        yield from (pathlib.Path(folder, name) for name in sorted(names))


def _fingerprint(paths: Iterable[pathlib.Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            digest.update(f"{path.relative_to(WEB)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _stamp(name: str) -> pathlib.Path:
    return ROOT / ".cache" / f"web-{name}.stamp"


def _remembered(name: str) -> str | None:
    return _stamp(name).read_text() if _stamp(name).exists() else None


def _remember(name: str, fingerprint: str) -> None:
    _stamp(name).parent.mkdir(parents=True, exist_ok=True)
    _stamp(name).write_text(fingerprint)
