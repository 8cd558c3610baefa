"""make-env.sh: secrets are random, existing values are kept, and nothing is readable by others."""

import subprocess
from pathlib import Path

import pytest

from services.identity.settings import IdentitySettings
from services.notifications.settings import NotificationsSettings
from services.payments.settings import PaymentsSettings
from shared.settings import load

ROOT = Path(__file__).parents[3]
EVERYWHERE = {"DATABASE_URL": "postgresql://a:b@c/d", "AMQP_URL": "amqp://a:b@c/"}


def made(path: Path) -> dict[str, str]:
    subprocess.run(
        ["sh", str(ROOT / "deploy/compose/make-env.sh"), str(path)], check=True, capture_output=True
    )
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    names = [line.partition("=")[0] for line in lines]
    assert len(names) == len(set(names))
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def secrets_of(settings: dict[str, str]) -> dict[str, str]:
    words = ("PASSWORD", "SECRET", "_KEY")
    return {
        name: value
        for name, value in settings.items()
        if any(word in name for word in words) and not name.startswith("AWS_")  # per account
    }


def test_every_secret_is_random_and_of_its_form(tmp_path: Path) -> None:
    first, second = made(tmp_path / "a"), made(tmp_path / "b")
    secrets = secrets_of(first)
    assert len(secrets) == 16
    for name, value in secrets.items():
        assert len(value) >= 32, name
        assert value != second[name]
    load(IdentitySettings, {**EVERYWHERE, **first})
    load(PaymentsSettings, {**EVERYWHERE, **first})
    load(NotificationsSettings, {**EVERYWHERE, **first})
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


def test_what_is_there_is_kept_and_what_is_missing_added(tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text(
        "# mine\nPORT=4711\nPOSTGRES_PASSWORD=chosen\nRABBITMQ_PASSWORD=\nSTRIPE_API_BASE=\n"
    )
    settings = made(path)
    assert path.read_text().startswith("# mine\nPORT=4711\nPOSTGRES_PASSWORD=chosen\n")
    assert settings["STRIPE_API_BASE"] == ""
    assert settings["RABBITMQ_PASSWORD"]
    assert settings["COMMISSION_BPS"] == "1500"
    assert made(path) == settings


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("last", ["POSTGRES_PASSWORD=chosen", "PORT=4711", "CURSOR_SECRET="])
def test_last_line_without_an_end_is_kept(tmp_path: Path, complete: bool, last: str) -> None:
    """With settings missing that are added after it, and with none missing."""
    path, name = tmp_path / "env", last.partition("=")[0]
    before = {other: value for other, value in made(path).items() if complete and other != name}
    path.write_text("\n".join([*(f"{other}={value}" for other, value in before.items()), last]))
    settings = made(path)
    assert f"{name}={settings[name]}".startswith(last)
    assert settings["CURSOR_SECRET"]
    assert settings["COMMISSION_BPS"] == "1500"
    assert before.items() <= settings.items()
