"""The programs of a stack: their commands and environments. No program gets another's secrets."""

import functools
import pathlib
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from deploy.local import coturn, files, processes, rabbitmq
from deploy.local.settings import ROOT, Settings, WrongSetting
from shared.services import SERVICES
from shared.settings import BadSettings, CommonSettings, load

SANDBOX = "stripe-sandbox"
MAIL = "mail-sandbox"
COTURN = "coturn"
NAMES = (*SERVICES, "gateway", SANDBOX, MAIL, "postgres", "rabbitmq")
PORTS = (
    *SERVICES,
    SANDBOX,
    MAIL,
    "mail-sandbox-smtp",
    COTURN,
    "postgres",
    "rabbitmq",
    "rabbitmq-distribution",
    "epmd",
)
DATABASE = "consultant_connect"

# What directory's client for photos at s3://, az:// and gs:// reads, besides the settings.
PHOTO_STORES = ("AWS_", "AZURE_", "GOOGLE_")

Program = dict[str, Any]  # {"arguments": [str], "environment": {name: value}}, as in programs.json


def settings_of(program: str) -> type[CommonSettings]:
    """The settings of a service or the gateway."""
    package = "gateway" if program == "gateway" else f"services.{program}"
    kind: type[CommonSettings] = getattr(
        import_module(f"{package}.settings"), f"{program.capitalize()}Settings"
    )
    return kind


@functools.cache
def names_of(program: str) -> frozenset[str]:
    """The variables that a program reads; of the sandboxes and the migrations, none is private."""
    if program not in (*SERVICES, "gateway"):
        return frozenset()
    return frozenset(name.upper() for name in settings_of(program).__struct_fields__)


def reads(program: str, variable: str) -> bool:
    """Whether the variable is one of the program's settings, or, for directory, of its client for
    photos.
    """
    is_of_photos = program == "directory" and variable.startswith(PHOTO_STORES)
    return is_of_photos or variable in names_of(program)


def is_private(variable: str) -> bool:
    """Whether only those programs may know it that read it: secrets, and all of Stripe's and of the
    stores of photos.
    """
    return variable.startswith(("STRIPE_", *PHOTO_STORES)) or "SECRET" in variable


class Plan:
    """The addresses of everything in one stack, from its settings, ports and secrets."""

    def __init__(
        self, settings: Settings, ports: Mapping[str, int], secrets: Mapping[str, str]
    ) -> None:
        self.settings, self.ports, self.secrets = settings, ports, secrets

    def url(self, name: str) -> str:
        """The base URL of a program."""
        return (
            self.settings.gateway if name == "gateway" else f"http://127.0.0.1:{self.ports[name]}"
        )

    @property
    def admin_database_url(self) -> str:
        """The administrator's database URL, or the user's own if given."""
        password, port = quote(self.secrets["postgres"], safe=""), self.ports["postgres"]
        return (
            self.settings.database_url
            or f"postgresql://postgres:{password}@127.0.0.1:{port}/{DATABASE}"
        )

    def database_url(self, service: str) -> str:
        """The database URL of the service's own role, which sees its own schema only."""
        parts = urlsplit(self.admin_database_url)
        address = parts.netloc.rpartition("@")[2]
        role = f"{service}:{quote(self.secrets[service], safe='')}@{address}"
        return urlunsplit(parts._replace(scheme="postgresql", netloc=role))

    @property
    def amqp_url(self) -> str:
        """The broker's URL, or the user's own if given."""
        return self.settings.amqp_url or rabbitmq.url_of(
            self.ports["rabbitmq"], self.secrets["rabbitmq"]
        )

    @property
    def stripe(self) -> dict[str, str]:
        """Payments' settings for Stripe: a real account, or the sandbox."""
        real = self.settings.stripe
        if real is None:
            names = ("secret_key", "publishable_key", "webhook_secret", "connect_webhook_secret")
            variables = {f"STRIPE_{name.upper()}": self.secrets[f"stripe_{name}"] for name in names}
            return {"STRIPE_API_BASE": self.url(SANDBOX), **variables}
        variables = {
            "STRIPE_API_BASE": real.api_base,
            "STRIPE_SECRET_KEY": real.secret_key,
            "STRIPE_PUBLISHABLE_KEY": real.publishable_key,
            "STRIPE_WEBHOOK_SECRET": real.webhook_secret,
            "STRIPE_CONNECT_WEBHOOK_SECRET": real.connect_webhook_secret,
        }
        return {name: value for name, value in variables.items() if value}

    @property
    def smtp_url(self) -> str:
        """The mail server: the user's own, or the sandbox."""
        own = f"smtp://127.0.0.1:{self.ports['mail-sandbox-smtp']}"
        return self.settings.smtp_url or own

    @property
    def turn(self) -> dict[str, str]:
        """Booking's settings for the stack's own TURN server; empty if there is none."""
        if not self.settings.turn:
            return {}
        urls = coturn.urls_of(self.ports[COTURN])
        return {"TURN_URLS": urls, "TURN_SECRET": self.secrets["turn"]}

    def programs(self) -> dict[str, Program]:
        """All programs defined in this module; the servers define their own commands."""
        said = {
            "booking": self.turn,
            "payments": self.stripe,
            "notifications": {"SMTP_URL": self.smtp_url},
            "gateway": self._gateway(),
        }
        made = {name: self._service(name, said.get(name, {})) for name in (*SERVICES, "gateway")}
        if self.settings.stripe is None:
            made[SANDBOX] = self._sandbox()
        if self.settings.smtp_url is None:
            made[MAIL] = self._mail_sandbox()
        return made

    def migration(self) -> dict[str, str]:
        """The environment of `shared.migrate`: the administrator's URL, and the roles to create."""
        roles = {f"{name.upper()}_DATABASE_URL": self.database_url(name) for name in SERVICES}
        return {**self._common("migrate"), **roles, "ADMIN_DATABASE_URL": self.admin_database_url}

    def _service(self, name: str, said: Mapping[str, str]) -> Program:
        host = self.settings.host if name == "gateway" else "127.0.0.1"
        port = self.settings.port if name == "gateway" else self.ports[name]
        database = {"DATABASE_URL": self.database_url(name)} if name in SERVICES else {}
        variables = {"LISTEN": f"{host}:{port}", "AMQP_URL": self.amqp_url, **database, **said}
        return {
            "arguments": [sys.executable, "-m", "shared.serve", name],
            "environment": {**self._common(name), **variables},
        }

    def ensure_valid(self) -> None:
        """Raises WrongSetting, naming the program, if one of them would refuse its settings."""
        made = self.programs()
        for name in (*SERVICES, "gateway"):
            try:
                load(settings_of(name), made[name]["environment"])
            except BadSettings as error:
                raise WrongSetting(f"{name} cannot start: {error}") from None

    def _defaults(self, name: str) -> dict[str, str]:
        """What holds in this stack unless the user says otherwise."""
        own = {
            "identity": {"SIGNING_KEY_SECRET": self.secrets["signing_key"]},
            "directory": {"PHOTO_STORE": (self.settings.data / "photos").as_uri()},
            "booking": {
                "CALENDAR_ALLOW_PRIVATE": "1",  # calendars on this machine
                "CALENDAR_SECRET": self.secrets["calendar"],
            },
            "gateway": {
                "WEB_ROOT": str(ROOT / "web" / "dist"),
                "LEGAL_ROOT": str(ROOT / "deploy" / "legal"),
            },
        }
        return {
            "ENVIRONMENT": "development",
            "DRAIN_SECONDS": "0",  # no other replica to switch to while it drains
            "PUBLIC_URL": self.settings.address,
            **own.get(name, {}),
        }

    def _passed_on(self, name: str) -> dict[str, str]:
        """What the user gave: all of it, except what is another program's alone."""
        return {
            variable: value
            for variable, value in self.settings.passed_on.items()
            if not is_private(variable) or reads(name, variable)
        }

    def _gateway(self) -> dict[str, str]:
        script = (
            {"STRIPE_JS_URL": f"{self.url(SANDBOX)}/v3/"} if self.settings.stripe is None else {}
        )
        return {
            "STRIPE_API_BASE": self.stripe["STRIPE_API_BASE"],
            "STRIPE_PUBLISHABLE_KEY": self.stripe.get("STRIPE_PUBLISHABLE_KEY", ""),
            **script,
        }

    def _sandbox(self) -> Program:
        webhook = f"{self.settings.gateway}/webhooks/stripe"
        variables = {
            name: value for name, value in self.stripe.items() if name != "STRIPE_API_BASE"
        }
        urls = {
            "STRIPE_WEBHOOK_URL": webhook,
            "STRIPE_CONNECT_WEBHOOK_URL": webhook,
            "STRIPE_WEBHOOK_EVENTS": _wanted_events(),
            "PUBLIC_URL": self.url(SANDBOX),
        }
        options = [
            "--listen",
            f"127.0.0.1:{self.ports[SANDBOX]}",
            "--data",
            str(self.settings.data / SANDBOX),
        ]
        return {
            "arguments": [sys.executable, "-m", "sandbox.stripe", *options],
            "environment": {**self._common(SANDBOX), **variables, **urls},
        }

    def _mail_sandbox(self) -> Program:
        options = [
            "--listen",
            f"127.0.0.1:{self.ports[MAIL]}",
            "--smtp",
            f"127.0.0.1:{self.ports['mail-sandbox-smtp']}",
            "--data",
            str(self.settings.data / "mail"),
        ]
        return {
            "arguments": [sys.executable, "-m", "sandbox.mail", *options],
            "environment": self._common(MAIL),
        }

    def _common(self, name: str) -> dict[str, str]:
        return {
            **self._defaults(name),
            **self._passed_on(name),
            **{f"{service.upper()}_URL": self.url(service) for service in SERVICES},
            "PYTHONUNBUFFERED": "1",
            processes.MARK: str(self.settings.data),
            processes.PROGRAM: name,
        }


def _wanted_events() -> str:
    """The events that an operator subscribes to at Stripe, comma-separated."""
    lines = (ROOT / "deploy" / "stripe-events.txt").read_text().splitlines()
    return ",".join(line for line in lines if not line.startswith("#"))


def write(data: pathlib.Path, programs: Mapping[str, Program]) -> None:
    """Store the programs in `programs.json`, for `launch`."""
    files.write(data / "programs.json", programs)


def read(data: pathlib.Path) -> dict[str, Program]:
    """Raises LookupError if no stack was ever started with that data folder."""
    programs = files.read(data / "programs.json")
    if programs is None:
        raise LookupError(f"nothing was started yet with DATA_DIR={data}: make up")
    return programs
