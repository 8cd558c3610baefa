"""`make up` before it installs, builds or starts anything: what it refuses, and which signals end
it.
"""

from __future__ import annotations

import io
import pathlib
import signal
import time
from collections.abc import Iterator

import pytest

from deploy.local import interruptions, packages, settings, web
from deploy.local.ports import find_free
from deploy.local.settings import WrongSetting
from deploy.local.supervisor import State, Supervisor
from deploy.local.up import up, watch


def test_wrong_setting_of_a_program_is_named_before_anything_is_installed(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    for module, name in (
        (packages, "ensure_rabbitmq"),
        (packages, "ensure_fribidi"),
        (packages, "ensure_coturn"),
        (web, "build"),
    ):
        monkeypatch.setattr(module, name, lambda *_, name=name: begun.append(name))
    given = {"DATA_DIR": str(tmp_path), "PORT": str(find_free()), "TURN": "1"}
    with pytest.raises(WrongSetting, match="identity cannot start: LOG_LEVEL"):
        up(settings.read({**given, "LOG_LEVEL": "loud"}))
    assert begun == []


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Handled as before afterwards."""
    monkeypatch.setattr(interruptions, "_has_come", False)
    before = {number: signal.getsignal(number) for number in interruptions.SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_hangup_acts_like_ctrl_c() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    interruptions.enable()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGHUP)


@pytest.mark.usefixtures("signals")
def test_hangup_stays_ignored_under_nohup() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interruptions.enable()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


class Response(io.RawIOBase):
    """Ctrl-C is pressed while it is finalised."""

    def close(self) -> None:
        signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("signals")
def test_interruption_that_python_discards_ends_the_command_all_the_same(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def states(_: object) -> dict[str, State]:
        if len(looks) > 1:
            return {}
        looks.append(1)
        Response()
        return {"gateway": State("gateway", "running", 1, 0)}

    monkeypatch.setattr(Supervisor, "states", states)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a shell's background
    interruptions.enable()
    with pytest.raises(KeyboardInterrupt):
        watch(settings.read({"DATA_DIR": str(tmp_path)}))
    assert looks
