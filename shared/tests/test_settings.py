"""Invalid settings fail at startup, naming the variable but not its value."""

from __future__ import annotations

from typing import Any

import pytest

from shared.settings import BadSettings, BrandName, ServiceSettings, load, load_or_exit

GOOD = {"DATABASE_URL": "postgresql://booking:secret@db/x", "AMQP_URL": "amqp://u:secret@mq/"}


def test_defaults_hold_and_the_environment_overrides() -> None:
    settings = load(ServiceSettings, {**GOOD, "SWEEP_EVERY_SECONDS": "5", "LOG_LEVEL": ""})
    assert (settings.sweep_every_seconds, settings.log_level) == (5, "info")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://u:secret@x"),
        ("AMQP_URL", "secret"),
        ("SWEEP_EVERY_SECONDS", "secret"),
        ("LISTEN", "secret"),
        ("LISTEN", "secret:65536"),
        ("LOG_LEVEL", "secret"),
        ("ENVIRONMENT", "secret"),
    ],
)
def test_malformed_variable_is_named_without_its_value(variable: Any, value: Any) -> None:
    with pytest.raises(BadSettings) as caught:
        load(ServiceSettings, {**GOOD, variable: value})
    assert variable in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("environment", ["Production", "PRODUCTION", "prod", " production", "live"])
def test_misspelt_production_is_refused(environment: str) -> None:
    """Otherwise the refusals of sandboxes would not apply."""
    with pytest.raises(BadSettings, match=r"ENVIRONMENT .* must be development or production"):
        load(ServiceSettings, {**GOOD, "ENVIRONMENT": environment})


@pytest.mark.parametrize("level", ["debug", "INFO", "Critical", "warn"])
def test_log_level_is_in_any_case(level: str) -> None:
    assert load(ServiceSettings, {**GOOD, "LOG_LEVEL": level}).log_level == level


def test_all_that_is_wrong_is_said_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("AMQP_URL", raising=False)
    with pytest.raises(SystemExit) as caught:
        load_or_exit(ServiceSettings)
    assert caught.value.code == 78
    line = capsys.readouterr().err
    assert "DATABASE_URL is missing; AMQP_URL is missing" in line
    assert line.count("\n") == 1


class Branded(ServiceSettings, frozen=True, kw_only=True):
    brand_name: BrandName = "Consultant Connect"


@pytest.mark.parametrize("name", [" ", "Ask\nMe", "Ask Me\n", "Ask\r\nBcc: x", "A" * 61, "\x00"])
def test_brand_is_a_name_on_one_line(name: str) -> None:
    with pytest.raises(BadSettings, match="BRAND_NAME"):
        load(Branded, {**GOOD, "BRAND_NAME": name})


@pytest.mark.parametrize("name", ["Q", "Ask & Co.", "مستشار", "A" * 60])
def test_brand_is_in_any_script(name: str) -> None:
    assert load(Branded, {**GOOD, "BRAND_NAME": name}).brand_name == name
