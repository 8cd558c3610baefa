import os
import pathlib
import stat
import subprocess

import pytest

from deploy.local import files, ports, programs, secrets, settings
from deploy.local.programs import PORTS, Plan
from deploy.local.settings import WrongSetting
from deploy.local.up import changed_settings
from shared.services import SERVICES

STRIPE = {
    "STRIPE_SECRET_KEY": "sk_live_1",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
}


def planned(data: pathlib.Path, **environment: str) -> Plan:
    chosen = settings.read({"DATA_DIR": str(data), **environment})
    return Plan(chosen, ports.settle(PORTS, {}), secrets.of(data))


def environments(plan: Plan) -> dict[str, dict[str, str]]:
    return {name: program["environment"] for name, program in plan.programs().items()}


def test_defaults_are_those_of_the_contract() -> None:
    chosen = settings.read({})
    assert (chosen.port, chosen.data.name, chosen.detach, chosen.demo) == (
        8000,
        ".local",
        False,
        True,
    )
    assert (chosen.database_url, chosen.amqp_url, chosen.stripe) == (None, None, None)
    assert chosen.smtp_url is None


@pytest.mark.parametrize(
    ("bind", "for_browsers", "for_programs"),
    [
        ("127.0.0.1", "http://localhost:8000", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://localhost:8000", "http://127.0.0.1:8000"),  # noqa: S104
        ("192.168.1.5", "http://192.168.1.5:8000", "http://192.168.1.5:8000"),
    ],
)
def test_stack_is_reached_where_it_listens(bind: str, for_browsers: str, for_programs: str) -> None:
    chosen = settings.read({"BIND": bind})
    assert (chosen.address, chosen.gateway) == (for_browsers, for_programs)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"DETACH": "maybe"}, "DETACH"),
        ({"BIND": "x86_64-conda-linux-gnu"}, "BIND must be an IPv4 address"),
        ({"DEMO": "2"}, "DEMO"),
        ({"DATABASE_URL": "mysql://root@localhost/x"}, "DATABASE_URL"),
        ({"AMQP_URL": "localhost"}, "AMQP_URL"),
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, "STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:9"}, "STRIPE_SECRET_KEY"),
    ],
)
def test_wrong_setting_is_named(given: dict[str, str], named: str) -> None:
    with pytest.raises(WrongSetting, match=named):
        settings.read(given)


def test_settings_of_services_reach_every_service(tmp_path: pathlib.Path) -> None:
    plan = planned(tmp_path, FREE_PERIOD_SECONDS="5", LOG_LEVEL="DEBUG", OTEL_SERVICE_NAME="x")
    for name in (*SERVICES, "gateway"):
        program_environment = environments(plan)[name]
        assert (
            program_environment["FREE_PERIOD_SECONDS"],
            program_environment["LOG_LEVEL"],
            program_environment["OTEL_SERVICE_NAME"],
        ) == (
            "5",
            "DEBUG",
            "x",
        )


def test_no_program_gets_anothers_secrets(tmp_path: pathlib.Path) -> None:
    plan = planned(tmp_path, STRIPE_WEBHOOK_SECRET_PREVIOUS="whsec_0")
    mine = {
        "identity": {"identity", "signing_key", "rabbitmq"},
        "directory": {"directory", "rabbitmq"},
        "booking": {"booking", "calendar", "rabbitmq"},
        "payments": {
            "payments",
            "rabbitmq",
            *(name for name in plan.secrets if name.startswith("stripe_")),
        },
        "notifications": {"notifications", "rabbitmq"},
        "gateway": {"rabbitmq", "stripe_publishable_key"},  # for the browser, so public
        "mail-sandbox": set(),
        "stripe-sandbox": {name for name in plan.secrets if name.startswith("stripe_")},
    }
    for name, program_environment in environments(plan).items():
        known = {
            secret
            for secret, value in plan.secrets.items()
            if any(value in text for text in program_environment.values())
        }
        assert known == mine[name], name


def test_host_of_the_shell_means_nothing() -> None:
    """conda exports HOST=x86_64-conda-linux-gnu."""
    assert settings.read({"HOST": "x86_64-conda-linux-gnu"}).host == "127.0.0.1"


@pytest.mark.parametrize("on_the_command_line", [True, False])
def test_make_names_bind_only_to_those_who_give_host(on_the_command_line: bool) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in settings.MAKE}
    commands = subprocess.run(
        ["make", "-n", "up", *(["HOST=0.0.0.0"] if on_the_command_line else [])],
        cwd=settings.ROOT,
        env={**clean, "HOST": "x86_64-conda-linux-gnu"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert ("use BIND=0.0.0.0" in commands) is on_the_command_line
    assert "deploy.local up" in commands


GIVEN = {
    "identity": {"SIGNING_KEY_SECRET": "A" * 43},
    "directory": {
        "PHOTO_STORE": "s3://bucket/photos",
        "AWS_SECRET_ACCESS_KEY": "key of s3",
        "AWS_SESSION_TOKEN": "temporary",
    },
    "booking": {"CALENDAR_SECRET": "new,old", "TURN_SECRET": "relay"},
    "payments": {
        "STRIPE_ACCOUNTS": "v1",
        "STRIPE_TIMEOUT_SECONDS": "3",
        "STRIPE_WEBHOOK_SECRET_PREVIOUS": "whsec_old",
    },
    "gateway": {"LEGAL_ROOT": "/srv/legal", "CORS_ORIGINS": "https://app.example"},
}


@pytest.mark.parametrize("program", GIVEN)
def test_given_setting_reaches_its_program_and_a_secret_no_other(
    tmp_path: pathlib.Path, program: str
) -> None:
    given = {name: value for one in GIVEN.values() for name, value in one.items()}
    plan = planned(tmp_path, PUBLIC_URL="http://market.test:8000", **given)
    plan.ensure_valid()
    made = environments(plan)
    assert GIVEN[program].items() <= made[program].items()
    assert made[program]["PUBLIC_URL"] == "http://market.test:8000"
    for other in set(made) - {program}:
        private = {name for name in GIVEN[program] if programs.is_private(name)}
        assert not private & set(made[other]), other


@pytest.mark.parametrize(
    "variable", ["AWS_ALLOW_HTTP", "AZURE_STORAGE_ACCOUNT_KEY", "GOOGLE_SERVICE_ACCOUNT_KEY"]
)
def test_variable_of_a_store_of_photos_reaches_directory_alone(
    tmp_path: pathlib.Path, variable: str
) -> None:
    made = environments(planned(tmp_path, **{variable: "given"}))
    assert {name for name in made if variable in made[name]} == {"directory"}


def test_settings_that_a_new_start_would_change_are_named(tmp_path: pathlib.Path) -> None:
    plan = planned(tmp_path, LOG_LEVEL="error", AWS_SESSION_TOKEN="of today")
    files.write(tmp_path / "ports.json", plan.ports)
    programs.write(tmp_path, plan.programs())
    given = {"DATA_DIR": str(tmp_path), "AWS_SESSION_TOKEN": "of tomorrow"}
    changed = changed_settings(settings.read({**given, "TZ": "UTC", "COMMISSION_BPS": "1400"}))
    assert changed == ["AWS_SESSION_TOKEN", "COMMISSION_BPS", "LOG_LEVEL"]


def test_setting_that_a_program_refuses_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(WrongSetting, match="gateway cannot start: CORS_ORIGINS"):
        planned(tmp_path, CORS_ORIGINS="foo").ensure_valid()


def test_real_stripe_replaces_the_sandbox(tmp_path: pathlib.Path) -> None:
    program_environment = environments(
        planned(tmp_path, **STRIPE, STRIPE_CONNECT_WEBHOOK_SECRET="whsec_2")
    )
    assert programs.SANDBOX not in program_environment
    assert program_environment["payments"]["STRIPE_API_BASE"] == "https://api.stripe.com"
    assert program_environment["payments"]["STRIPE_SECRET_KEY"] == "sk_live_1"
    assert program_environment["payments"]["STRIPE_CONNECT_WEBHOOK_SECRET"] == "whsec_2"
    assert "STRIPE_JS_URL" not in program_environment["gateway"]
    assert "STRIPE_SECRET_KEY" not in program_environment["booking"]


def test_mail_goes_to_the_sandbox_unless_a_server_is_given(tmp_path: pathlib.Path) -> None:
    plan = planned(tmp_path, MAIL_FROM="Experts <hello@experts.example>")
    program_environment = environments(plan)
    port = plan.ports["mail-sandbox-smtp"]
    assert program_environment["notifications"]["SMTP_URL"] == f"smtp://127.0.0.1:{port}"
    assert program_environment["notifications"]["MAIL_FROM"] == "Experts <hello@experts.example>"
    assert str(tmp_path / "mail") in plan.programs()[programs.MAIL]["arguments"]
    own = environments(planned(tmp_path, SMTP_URL="smtps://me:secret@mail.example:465"))
    assert programs.MAIL not in own
    assert own["notifications"]["SMTP_URL"] == "smtps://me:secret@mail.example:465"
    assert not any("SMTP_URL" in own[name] for name in own if name != "notifications")


def test_own_database_and_broker_are_used(tmp_path: pathlib.Path) -> None:
    database, broker = (
        "postgresql+asyncpg://boss:p%40ss@db.example:6543/market?sslmode=require",
        "amqp://u:p@mq/vhost",
    )
    plan = planned(tmp_path, DATABASE_URL=database, AMQP_URL=broker)
    program_environment = environments(plan)["booking"]
    secret = plan.secrets["booking"]
    assert (
        program_environment["DATABASE_URL"]
        == f"postgresql://booking:{secret}@db.example:6543/market?sslmode=require"
    )
    assert program_environment["AMQP_URL"] == broker
    assert plan.migration()["ADMIN_DATABASE_URL"] == database


def test_secrets_are_made_once_and_readable_by_their_owner_alone(tmp_path: pathlib.Path) -> None:
    first = secrets.of(tmp_path)
    assert secrets.of(tmp_path) == first
    assert len(set(first.values())) == len(first)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_file_is_never_wider_than_its_owner(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "stack.json"
    path.write_text("{}")
    path.chmod(0o644)
    files.write(path, {"a": 1})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert files.read(path) == {"a": 1}
    assert [found.name for found in tmp_path.iterdir()] == ["stack.json"]
