"""The web app in real browsers against a separate stack, and its API types against the API that the
stack serves.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import browser, node, packages
from tests.stack import ROOT, Stack

WEB = ROOT / "web"


@pytest.fixture(scope="module")
def chromium(run_directory: Path) -> str:
    """The system's browser; Debian's is installed if there is none and we may install packages."""
    log = run_directory / "chromium.log"
    found = browser.ensure(log)
    if found is None:
        print(log.read_text(errors="replace")[-2000:] if log.exists() else "")
        pytest.skip("needs Chromium")
    return found


@pytest.fixture(scope="module")
def stack(run_directory: Path) -> Iterator[Stack]:
    """The free period is long enough for the countdown to be seen, and short enough to wait for its
    end. Calls are also relayed: if coturn is missing and cannot be installed, this says what to
    install.
    """
    packages.ensure_coturn(run_directory / "coturn.log")
    running = Stack(run_directory / "web-stack", FREE_PERIOD_SECONDS="10", TURN="1")
    try:
        yield running.up()
    finally:
        running.down()


def npm(script: str, **settings: str) -> None:
    """Runs one of package.json's scripts, with the Node.js that the stack's build used."""
    done = subprocess.run(
        ["npm", "run", "--silent", script],
        cwd=WEB,
        env={**node.environment(), **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1500,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


@pytest.mark.timeout(1800)
def test_two_people_do_everything_in_their_browsers(stack: Stack, chromium: str) -> None:
    published = stack.published
    npm(
        "e2e",
        BASE_URL=published["gateway"],
        STRIPE_SANDBOX_URL=published["stripe_sandbox"],
        CHROMIUM=chromium,
        DATA_DIR=str(stack.data_dir),
        PORT=str(stack.port),
        WORKERS=str(min(2, os.cpu_count() or 1)),
    )


@pytest.mark.timeout(1500)
def test_every_component_is_accessible_in_all_its_states(chromium: str) -> None:
    npm("gallery", CHROMIUM=chromium)


def test_the_gallery_of_components_is_not_in_the_production_bundle(stack: Stack) -> None:
    assert stack.published["gateway"]  # it has built the app
    chunks = json.loads((WEB / "dist/.vite/manifest.json").read_text())
    assert len(chunks) > 10
    assert not [name for name in chunks if "gallery" in name]


def test_the_web_app_is_typed_by_the_api_as_it_is_served(stack: Stack) -> None:
    npm("check:api", BASE_URL=stack.published["gateway"])
