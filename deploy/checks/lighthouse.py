"""`python -m deploy.checks.lighthouse`: audits the public pages with Lighthouse.

Uses the stack at BASE_URL if it is set, otherwise a new stack with demo data.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local import browser, files, ports, web
from deploy.local.settings import ROOT

LOG = ROOT / ".cache" / "chromium.log"
WITHOUT_CHROMIUM = "make lighthouse needs Chromium: apt-get install chromium, or set CHROMIUM"


def measure(base_url: str) -> int:
    """The exit status of web/scripts/lighthouse.mjs for the pages at `base_url`."""
    chromium = os.environ.get("CHROMIUM") or browser.ensure(LOG)
    if chromium is None:
        print(WITHOUT_CHROMIUM, file=sys.stderr)
        return 1
    os.environ |= {"BASE_URL": base_url, "CHROMIUM": chromium}
    return web.run("lighthouse")


def with_own_stack() -> int:
    """The same with a stack that is started for the measurement."""
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        data = Path(folder)
        port = ports.find_free()
        environment = {
            **os.environ,
            "DATA_DIR": folder,
            "PORT": str(port),
            "DETACH": "1",
            "DEMO": "1",
        }
        command = [sys.executable, "-m", "deploy.local"]
        try:
            subprocess.run([*command, "up"], cwd=ROOT, env=environment, check=True)
            published = files.read(data / "stack.json") or {}
            return measure(published["gateway"])
        finally:
            subprocess.run([*command, "down"], cwd=ROOT, env=environment, check=False)


def main() -> int:
    """The command."""
    given = os.environ.get("BASE_URL")
    return measure(given) if given else with_own_stack()


if __name__ == "__main__":
    sys.exit(main())
