"""The web app in real browsers: `npm run e2e` against a stack of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.local import packages
from tests.stack import ROOT, Stack

WEB = ROOT / "web"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def browser(log: Path) -> str:
    """Where the system's browser is; Debian's is installed when there is none and we may."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None and packages.may_install():
        packages.install(["chromium"], log)
        found = shutil.which("chromium")
    if found is None or shutil.which("npm") is None:
        pytest.skip("needs Node.js and Chromium")
    return found


@pytest.mark.timeout(1800)
@pytest.mark.skipif(not (WEB / "package.json").exists(), reason="there is no web app")
def test_two_people_do_everything_in_their_browsers(tmp_path: Path) -> None:
    chromium = browser(tmp_path / "chromium.log")
    # Long enough for the countdown to be seen, short enough to wait for its end.
    stack = Stack(tmp_path / "stack", FREE_PERIOD_SECONDS="8")
    try:
        told = stack.up().told
        places = {
            "BASE_URL": told["gateway"],
            "STRIPE_SANDBOX_URL": told["stripe_sandbox"],
            "CHROMIUM": chromium,
        }
        done = subprocess.run(
            ["npm", "run", "--silent", "e2e"],
            cwd=WEB,
            env={**os.environ, **places},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=1500,
        )
    finally:
        stack.down()
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
