"""`python -m deploy.checks.api_description`: exit status 1 if redocly or spectral report anything
in gateway/openapi.json.

Both come from npm, pinned in deploy/checks/api/. If they cannot be installed, a line says so; the
check passes all the same on a developer's machine, which may be offline, and fails where `CI` is
set: a change must not pass without having been checked.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from deploy.local import node
from deploy.local.settings import ROOT
from deploy.local.steps import Failed
from gateway.openapi import DOCUMENT

FOLDER = Path(__file__).parent / "api"
LOG = ROOT / ".cache" / "api-lint.log"
REDOCLY = ["redocly", "lint", str(DOCUMENT), "--config", "redocly.yaml", "--format", "stylish"]
SPECTRAL = ["spectral", "lint", str(DOCUMENT), "--ruleset", "spectral.yaml", "--fail-severity=hint"]
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def install() -> bool:
    """Installs the linters at their locked versions, if missing. Returns whether they are
    installed.
    """
    locked = (FOLDER / "package-lock.json").read_bytes()
    installed = FOLDER / "node_modules" / ".locked"
    if installed.exists() and installed.read_bytes() == locked:
        return True
    LOG.parent.mkdir(exist_ok=True)
    try:
        node.ensure(LOG)
    except Failed as failed:
        print(failed)
        return False
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    with LOG.open("wb") as output:
        done = subprocess.run(
            command, cwd=FOLDER, env=node.environment(), stdout=output, stderr=output
        )
    if done.returncode == 0:
        installed.write_bytes(locked)
    return done.returncode == 0


def lint(command: list[str]) -> bool:
    """Runs one linter. Returns whether it found nothing. Its findings go to the terminal."""
    tool = str(FOLDER / "node_modules" / ".bin" / command[0])
    done = subprocess.run(
        [tool, *command[1:]],
        cwd=FOLDER,
        env=node.environment() | QUIET,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        sys.stdout.write(done.stdout)
    return done.returncode == 0


def main() -> None:
    """The command."""
    if not install():
        print(f"API description: the linters could not be installed (see {LOG}).")
        raise SystemExit(1 if os.environ.get("CI") else 0)
    if not all([lint(REDOCLY), lint(SPECTRAL)]):
        raise SystemExit(1)
    print("API description: redocly and spectral find nothing.")


if __name__ == "__main__":
    os.environ.setdefault("NO_COLOR", "1")
    main()
