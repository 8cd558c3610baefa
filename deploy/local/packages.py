"""Dependencies that do not come from PyPI: RabbitMQ, coturn, FriBiDi, and test tools."""

import contextlib
import ctypes.util
import fcntl
import os
import pathlib
import shutil
import subprocess
from collections.abc import Iterator, Sequence

from deploy.local import container, coturn, rabbitmq
from deploy.local.steps import Failed, note, step

PATIENT = ("-o", "DPkg::Lock::Timeout=300")  # another process may be installing packages
POLICY = pathlib.Path("/usr/sbin/policy-rc.d")
POLICY_LOCK = pathlib.Path("/run/lock/consultant-connect-packages")
OURS = "# Written by Consultant Connect while it installs packages."
WITHOUT_RABBITMQ = """\
RabbitMQ is missing, no container engine answers, and this user may not install packages.
One of these helps:
  Debian, Ubuntu:  sudo apt-get install rabbitmq-server
                   sudo systemctl disable --now rabbitmq-server
  Fedora:          sudo dnf install rabbitmq-server
  macOS:           brew install rabbitmq
  anywhere:        start Docker or Podman, or use your own: make up AMQP_URL=amqp://user:password@host/\
"""

WITHOUT_FRIBIDI = """\
FriBiDi is missing: shared links' pictures leave out Arabic, Hebrew, Thai and Indic names.
      Debian, Ubuntu:  sudo apt-get install libfribidi0
      Fedora:          sudo dnf install fribidi
      macOS:           brew install fribidi\
"""

WITHOUT_COTURN = """\
TURN=1 needs coturn, which is missing, and this user may not install packages. One of these helps:
  Debian, Ubuntu:  sudo apt-get install coturn; sudo systemctl disable --now coturn
  Fedora:          sudo dnf install coturn
  macOS:           brew install coturn
  anywhere:        a TURN server of yours: make up TURN_URLS=turn:host:3478 TURN_SECRET=…\
"""


def may_install() -> bool:
    """Whether Debian's package manager is available and we may use it."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def ensure_coturn(log: pathlib.Path) -> None:
    """Install coturn if it is missing. Raises Failed, which says what to install."""
    if coturn.installed() is not None:
        return
    if not may_install():
        raise Failed(WITHOUT_COTURN)
    with step("Install coturn (Debian's package)"):
        install(["coturn"], log)


def ensure_fribidi(log: pathlib.Path) -> None:
    """Install FriBiDi, with which the gateway draws names, if it is missing and we may; otherwise
    say what is left out. Raises Failed.
    """
    if ctypes.util.find_library("fribidi") is not None:
        return
    if not may_install():
        note(WITHOUT_FRIBIDI)
        return
    with step("Install FriBiDi (Debian's package)"):
        install(["libfribidi0"], log)


def ensure_wrk(log: pathlib.Path) -> None:
    """Install wrk, which `make bench` needs, if it is missing. Raises Failed."""
    if shutil.which("wrk") is not None:
        return
    if not may_install():
        raise Failed("make bench needs wrk: apt-get install wrk, dnf install wrk, brew install wrk")
    with step("Install wrk (Debian's package)"):
        install(["wrk"], log)


def ensure_promtool(log: pathlib.Path) -> None:
    """Install Prometheus, whose promtool checks the alerts, if it is missing. Raises Failed."""
    if shutil.which("promtool") is not None:
        return
    if not may_install():
        raise Failed("the alerts are checked by promtool: install Prometheus, which contains it")
    with step("Install Prometheus (Debian's package)"):
        install(["prometheus"], log)


def ensure_rabbitmq(log: pathlib.Path) -> None:
    """Install RabbitMQ if it is missing and cannot run in a container. Raises Failed, which says
    what to install.
    """
    if rabbitmq.installed():
        return
    if may_install():
        with step("Install RabbitMQ (Debian's package)"):
            install(["rabbitmq-server"], log)
        return
    if container.engine() is None:
        raise Failed(WITHOUT_RABBITMQ)
    note(f"RabbitMQ isn't installed: it will run in a container ({container.IMAGE})")


def install(packages: Sequence[str], log: pathlib.Path) -> None:
    """Install Debian packages without starting their services. Raises Failed."""
    with _nothing_starts():
        _run(
            ["apt-get", *PATIENT, "update", "-q"], log, fatal=False
        )  # package lists may be outdated or, in containers, absent
        _run(
            ["apt-get", *PATIENT, "install", "-q", "-y", "--no-install-recommends", *packages], log
        )
    daemons = [name for name in packages if name in ("rabbitmq-server", "coturn", "prometheus")]
    if daemons and shutil.which("systemctl"):
        # Otherwise the system's own servers would start at the next boot, on their default ports.
        _run(["systemctl", "disable", *daemons], log, fatal=False)


def _run(command: Sequence[str], log: pathlib.Path, *, fatal: bool = True) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    with log.open("ab") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd="/",
        )
    if fatal and done.returncode != 0:
        raise Failed(f"`{' '.join(command)}` failed", log)


@contextlib.contextmanager
def _nothing_starts() -> Iterator[None]:
    """Debian runs this script before a package starts its service. An existing one is kept, unless
    it is ours: then an installation that was killed has left it. Two installations wait for each
    other.
    """
    POLICY_LOCK.parent.mkdir(parents=True, exist_ok=True)
    with POLICY_LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if POLICY.exists() and OURS not in POLICY.read_text(errors="replace"):
            yield
            return
        POLICY.write_text(f"#!/bin/sh\n{OURS}\nexit 101\n")
        POLICY.chmod(0o755)
        try:
            yield
        finally:
            POLICY.unlink(missing_ok=True)


def remove_leftovers() -> None:
    """Removes the script of an installation that was killed, with which no service of the machine
    would ever start on installation again.
    """
    if may_install() and POLICY.exists() and OURS in POLICY.read_text(errors="replace"):
        with _nothing_starts():
            pass
