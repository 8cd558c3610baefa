"""The settings of `make up`, given as `make up NAME=…` or in the environment. Errors name the
setting.
"""

import ipaddress
import os
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
STRIPE = ("STRIPE_API_BASE", "STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")

# Everything else in the environment is passed on: settings of the services, LOG_LEVEL, OTEL_*, TZ,
# PATH (`Plan` keeps each secret to the program whose setting it is). These are not: they are ours,
# or belong to make, or would give a service another's database or Stripe's keys.
OURS = {
    "PORT",
    "BIND",
    "DATA_DIR",
    "DETACH",
    "DEMO",
    "TURN",
    "DATABASE_URL",
    "AMQP_URL",
    "SMTP_URL",
    "FORMAT",
    "ARGS",
    "SERVICE",
}
MAKE = {
    "MAKEFLAGS",
    "MAKELEVEL",
    "MFLAGS",
    "MAKEOVERRIDES",
    "MAKE_TERMOUT",
    "MAKE_TERMERR",
    "GNUMAKEFLAGS",
}
PYTHON = {"VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH"}


ALL_ADDRESSES = "0.0.0.0"  # noqa: S104  # nosec B104 # compared with, not listened on


class WrongSetting(ValueError):
    """An invalid setting; the message names it and the valid values."""


@dataclass(frozen=True)
class Stripe:
    """An account at the real Stripe (or at another stand-in)."""

    api_base: str
    secret_key: str
    publishable_key: str
    webhook_secret: str
    connect_webhook_secret: str


@dataclass(frozen=True)
class Settings:
    """One stack: `data` is its folder, `passed_on` the environment passed to every service."""

    data: pathlib.Path
    port: int
    host: str
    detach: bool
    demo: bool
    turn: bool
    database_url: str | None
    amqp_url: str | None
    stripe: Stripe | None
    smtp_url: str | None
    passed_on: Mapping[str, str]

    @property
    def address(self) -> str:
        """The URL for browsers on this machine."""
        local = self.host in (ALL_ADDRESSES, "127.0.0.1")
        return f"http://{'localhost' if local else self.host}:{self.port}"

    @property
    def gateway(self) -> str:
        """The URL for programs on this machine: for them `localhost` may mean `::1`."""
        every = self.host == ALL_ADDRESSES
        return f"http://{'127.0.0.1' if every else self.host}:{self.port}"


def read(environment: Mapping[str, str]) -> Settings:
    """Raises WrongSetting. Empty values count as not given, because make passes them on."""
    given = {name: value for name, value in environment.items() if value}
    return Settings(
        data=pathlib.Path(os.path.expanduser(given.get("DATA_DIR", ".local"))).absolute(),
        port=_port(given.get("PORT", "8000")),
        host=_bind(given.get("BIND", "127.0.0.1")),
        detach=_switch("DETACH", given.get("DETACH", "0")),
        demo=_switch("DEMO", given.get("DEMO", "1")),
        turn=_switch("TURN", given.get("TURN", "0")),
        database_url=_address("DATABASE_URL", given.get("DATABASE_URL"), "postgres"),
        amqp_url=_address("AMQP_URL", given.get("AMQP_URL"), "amqp"),
        stripe=_stripe(given),
        smtp_url=_address("SMTP_URL", given.get("SMTP_URL"), "smtp"),
        passed_on={name: value for name, value in given.items() if _is_passed_on(name)},
    )


def _is_passed_on(name: str) -> bool:
    ours = {*OURS, *STRIPE, "STRIPE_CONNECT_WEBHOOK_SECRET"}
    return name not in ours | MAKE | PYTHON and not name.startswith("PG")


def _bind(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise WrongSetting(
            f"BIND must be an IPv4 address of this machine, like 127.0.0.1 or 0.0.0.0, not {text!r}"
        ) from None


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise WrongSetting(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _switch(name: str, text: str) -> bool:
    words = {
        "1": True,
        "yes": True,
        "true": True,
        "on": True,
        "0": False,
        "no": False,
        "false": False,
        "off": False,
    }
    if text.lower() not in words:
        raise WrongSetting(f"{name} must be 1 or 0, not {text!r}")
    return words[text.lower()]


def _address(name: str, text: str | None, scheme: str) -> str | None:
    if text is None:
        return None
    kind, _, rest = text.partition("://")
    if not rest or not kind.startswith(scheme):
        raise WrongSetting(f"{name} must look like {scheme}://user:password@host:port/…")
    return text


def _stripe(given: Mapping[str, str]) -> Stripe | None:
    if not any(name in given for name in STRIPE):
        return None
    missing = [name for name in STRIPE[1:] if name not in given]
    if missing:
        raise WrongSetting(
            f"for Stripe instead of the sandbox, {' and '.join(missing)} must be given as well"
        )
    return Stripe(
        api_base=given.get("STRIPE_API_BASE", "https://api.stripe.com"),
        secret_key=given["STRIPE_SECRET_KEY"],
        publishable_key=given["STRIPE_PUBLISHABLE_KEY"],
        webhook_secret=given["STRIPE_WEBHOOK_SECRET"],
        connect_webhook_secret=given.get("STRIPE_CONNECT_WEBHOOK_SECRET", ""),
    )
