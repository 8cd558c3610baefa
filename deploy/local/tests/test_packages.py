"""Debian's packages are installed without starting their services, and without lasting effects."""

from __future__ import annotations

import pathlib

import pytest

from deploy.local import packages

THEIRS = "#!/bin/sh\nexit 101\n"


@pytest.fixture
def policy(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """The file that keeps services from starting; `install` only notes what it held."""
    path = tmp_path / "policy-rc.d"
    monkeypatch.setattr(packages, "POLICY", path)
    monkeypatch.setattr(packages, "POLICY_LOCK", tmp_path / "lock")
    monkeypatch.setattr(packages, "may_install", lambda: True)
    return path


def installed(policy: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    held: list[str] = []
    monkeypatch.setattr(packages, "_run", lambda *_, **__: held.append(policy.read_text()))
    packages.install(["hello"], policy.with_name("log"))
    return held


def test_services_do_not_start_during_an_installation_only(
    policy: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = installed(policy, monkeypatch)
    assert held
    assert all(text.endswith("exit 101\n") for text in held)
    assert not policy.exists()


def test_script_of_somebody_else_is_kept(
    policy: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy.write_text(THEIRS)
    assert set(installed(policy, monkeypatch)) == {THEIRS}
    packages.remove_leftovers()
    assert policy.read_text() == THEIRS


def test_script_that_a_killed_installation_left_is_removed(
    policy: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = installed(policy, monkeypatch)[0]
    policy.write_text(left)
    packages.remove_leftovers()
    assert not policy.exists()
    policy.write_text(left)
    installed(policy, monkeypatch)
    assert not policy.exists()
