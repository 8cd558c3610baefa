"""`make up` before it installs, builds or starts anything: what it refuses, and which signals end
it.
"""

from __future__ import annotations

import pathlib
import signal
from collections.abc import Iterator

import pytest

from deploy.local import packages, settings, web
from deploy.local.__main__ import clean_up_when_ended
from deploy.local.ports import find_free
from deploy.local.settings import WrongSetting
from deploy.local.up import up


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
def signals() -> Iterator[None]:
    """Handled as before afterwards."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_hangup_acts_like_ctrl_c() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    clean_up_when_ended()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGHUP)


@pytest.mark.usefixtures("signals")
def test_hangup_stays_ignored_under_nohup() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    clean_up_when_ended()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
