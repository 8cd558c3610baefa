"""A copy of `deploy` with tiny programs in place of the services and the sandbox: these tests check
how programs are run.

The servers are the real ones.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from deploy.local.ports import find_free
from deploy.local.settings import MAKE, ROOT

SERVE = """
import http.server, json, os, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())
    def log_message(self, *_): pass
def serve(address):
    if os.environ.get("FAULTY") == os.environ["CONSULTANT_CONNECT_PROGRAM"]:
        sys.exit("This program is broken on purpose.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    host, _, port = address.rpartition(":")
    http.server.ThreadingHTTPServer((host, int(port)), Handler).serve_forever()
"""
FILES = {
    "shared/__init__.py": "",
    "shared/serve.py": SERVE + 'if __name__ == "__main__": serve(os.environ["LISTEN"])',
    "shared/migrate.py": (
        "import os; assert os.environ['ADMIN_DATABASE_URL'] and os.environ['BOOKING_DATABASE_URL']"
    ),
    "sandbox/stripe/__main__.py": "import sys; from shared.serve import serve; serve(sys.argv[2])",
    "sandbox/mail/__main__.py": "import sys; from shared.serve import serve; serve(sys.argv[2])",
}


class Checkout:
    """A repository with stand-ins, and the commands that make would run in it with this stack's
    settings.
    """

    def __init__(self, folder: pathlib.Path, **settings: str) -> None:
        self.root, self.data, self.port = folder, folder / "data", find_free()
        shutil.copytree(
            ROOT / "deploy" / "local",
            folder / "deploy" / "local",
            ignore=shutil.ignore_patterns("tests"),
        )
        (folder / "deploy" / "__init__.py").touch()
        shutil.copy(ROOT / "deploy" / "stripe-events.txt", folder / "deploy")
        for package in ("shared", "services", "gateway"):  # for the programs' settings
            shutil.copytree(
                ROOT / package,
                folder / package,
                ignore=shutil.ignore_patterns("tests", "__pycache__"),
            )
        for name, text in FILES.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        clean = {name: value for name, value in os.environ.items() if name not in MAKE}
        given = {
            "PORT": str(self.port),
            "DATA_DIR": str(self.data),
            "DETACH": "1",
            "DEMO": "0",
            **settings,
        }
        self.environment = {**clean, **given}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "deploy.local", *arguments]

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env={**self.environment, **settings},
            capture_output=True,
            text=True,
            timeout=90,
        )

    @property
    def stack(self) -> dict[str, Any]:
        return dict(json.loads((self.data / "stack.json").read_text()))

    def status(self) -> dict[str, dict[str, Any]]:
        return dict(json.loads(self.run("status", "--format", "json").stdout)["processes"])


def environment_at(url: str) -> dict[str, str]:
    """The environment with which a stand-in was started."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
        return dict(json.loads(answer.read()))


def until(is_so: Callable[[], bool], seconds: float = 20) -> float:
    """Waits for a condition; returns the seconds that it took."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"not so within {seconds} s")
        time.sleep(0.05)
    return time.monotonic() - began
