"""Operators' commands explain themselves, and do nothing if their arguments are wrong."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from deploy.local.settings import ROOT

# Modules of services that are run with `python -m`.
COMMANDS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__main__")
    for path in (ROOT / "services").rglob("*.py")
    if re.search(r'^if __name__ == "__main__":', path.read_text(), re.MULTILINE)
    and "domain" not in path.parts
)


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command without any settings, so that it can reach nothing."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={"COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("module", COMMANDS)
def test_help_is_printed_and_nothing_done(module: str) -> None:
    found = run(module, "--help")
    assert found.returncode == 0, found.stderr
    assert "usage: " in found.stdout.lower()


@pytest.mark.parametrize("module", COMMANDS)
def test_unknown_argument_is_refused(module: str) -> None:
    refused = run(module, "--unknown")
    assert refused.returncode == 2, refused.stdout
    assert refused.stdout == ""
