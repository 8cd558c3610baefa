"""The script that judges the sandbox, where it is at hand."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.stripe.tests.stand import ROOT, Stand

SCRIPT = Path(os.environ.get("CONFORMANCE", ROOT.parent / "shared" / "stripe" / "conformance.py"))


def test_the_conformance_script_passes_also_on_a_used_sandbox(fresh: Callable[..., Stand]) -> None:
    if not SCRIPT.exists():
        pytest.skip(f"no conformance script at {SCRIPT}; set CONFORMANCE to its path")
    stand = fresh()
    for _ in range(2):
        run = subprocess.run(
            [
                sys.executable,
                str(SCRIPT),
                "--base",
                stand.base,
                "--key",
                "sk_test_x",
                "--pk",
                "pk_test_x",
                "--strict",
            ],
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
        assert "SKIP" not in run.stdout
