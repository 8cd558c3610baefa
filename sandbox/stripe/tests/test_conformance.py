"""The sandbox behaves as the checks of Stripe's behaviour want it, also one that was used before;
and the checks find what does not.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.stripe.conformance.__main__ import CHECKS, run
from sandbox.stripe.conformance.session import Session
from sandbox.stripe.tests.stand import ROOT, Stand

OURS = (sys.executable, "-m", "sandbox.stripe.conformance", "--base-url")
# A second opinion, of other authors, where it is at hand.
SCRIPT = Path(os.environ.get("CONFORMANCE", ROOT.parent / "shared" / "stripe" / "conformance.py"))
THEIRS = (sys.executable, str(SCRIPT), "--strict", "--key", "sk_test_x", "--pk", "pk_test_x")
COMMANDS = {"ours": OURS, **({"theirs": (*THEIRS, "--base")} if SCRIPT.exists() else {})}


def session_with(stand: Stand) -> Session:
    return Session(stand.base, "sk_test_conformance", "pk_test_conformance")


def test_the_sandbox_conforms_also_when_it_was_used(
    fresh: Callable[..., Stand], capsys: pytest.CaptureFixture[str]
) -> None:
    stand = fresh()
    for _ in range(2):
        status = run(session_with(stand))
        said = capsys.readouterr().out
        assert status == 0, said
        passed = re.search(r"^(\d+) passed, 0 failed; (\d+) operations covered$", said, re.M)
        assert passed, said
        assert int(passed[1]) > 1_000
        assert int(passed[2]) > 50


BROKEN = {
    "the transfer's currency": ("transfers.py", 'source["currency"] != currency', "False"),
    "an idempotency key": ("idempotency.py", "if row is None:", "if True:"),
    "a capture beyond the hold": ("authorizations.py", "if amount > held:", "if False:"),
    "the fee": ("balance.py", "return (amount * 29 + 500) // 1000 + 30", "return 0"),
    "an account's events": (
        "call.py",
        'f"event@{account}" if account is not None else "event"',
        '"event"',
    ),
    "the signature": ("queues.py", "hashlib.sha256", "hashlib.sha1"),
    "a field": ("refunds.py", 'reason=call.params.get("reason"),', "colour=1,"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_checks_find_what_is_broken(
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A copy of the sandbox in which one rule is missing."""
    file, rule, instead = BROKEN[what]
    for name in ("sandbox/stripe", "shared"):
        subprocess.run(["cp", "-r", ROOT / name, tmp_path], check=True)
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "stripe").rename(tmp_path / "sandbox" / "stripe")
    (tmp_path / "sandbox" / "__init__.py").touch()
    path = tmp_path / "sandbox" / "stripe" / file
    text = path.read_text()
    assert rule in text
    path.write_text(text.replace(rule, instead))
    monkeypatch.setattr("sandbox.stripe.tests.stand.ROOT", tmp_path)
    monkeypatch.setattr("sandbox.stripe.conformance.receiver.TIME_LIMIT", 2.0)
    stand = Stand(tmp_path / "data")
    try:
        status = run(session_with(stand))
    finally:
        stand.kill()
    assert status == 1, capsys.readouterr().out


def test_only_some_parts_can_be_asked_for(fresh: Callable[..., Stand]) -> None:
    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*OURS, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=100
        )

    some = command(fresh().base, "--only", "settlement", "--only", "returns")
    assert some.returncode == 0, some.stdout
    assert "0 failed" in some.stdout
    assert command("http://127.0.0.1:1", "--only", "nonsense").returncode == 2
    assert all(CHECKS.values())


@pytest.mark.parametrize("whose", COMMANDS)
def test_the_command_finds_nothing_also_when_it_was_used(
    whose: str, fresh: Callable[..., Stand]
) -> None:
    stand = fresh()
    for _ in range(2):
        result = subprocess.run(
            [*COMMANDS[whose], stand.base], cwd=ROOT, capture_output=True, text=True, timeout=100
        )
        assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
        assert "SKIP" not in result.stdout
