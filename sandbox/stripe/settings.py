"""Settings of the process, validated at startup."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sandbox.stripe.keys import Keys
from sandbox.stripe.queues import Endpoint
from shared.currencies import CURRENCIES


class Refused(Exception):
    """The sandbox refuses to start; the message gives the reason."""


class Settings(NamedTuple):
    """The settings of one process."""

    host: str
    port: int
    data: Path
    keys: Keys
    endpoints: tuple[Endpoint, ...]
    public_url: str | None
    settlement_currency: str | None = None


class Options(NamedTuple):
    """The command line, where it is silent the environment; empty: nothing was given."""

    listen: str
    data: Path
    webhooks: Sequence[str] = ()
    connect_webhooks: Sequence[str] = ()
    secret_key: str = ""
    publishable_key: str = ""
    public_url: str = ""
    settlement_currency: str = ""


def checked(options: Options, environment: Mapping[str, str]) -> Settings:
    """Valid settings. Raises Refused in production, with a live key, or for invalid values."""
    _no_production(environment.get("ENVIRONMENT") or "development")
    _no_live(options.secret_key, options.publishable_key)
    host, _, port = options.listen.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise Refused(f"--listen wants HOST:PORT, not {options.listen!r}")
    platform = _pairs(options.webhooks) or _from(environment, "STRIPE_WEBHOOK")
    connect = _pairs(options.connect_webhooks) or _from(environment, "STRIPE_CONNECT_WEBHOOK")
    return Settings(
        host=host.strip("[]") or "127.0.0.1",
        port=int(port),
        data=options.data,
        keys=Keys(options.secret_key or None, options.publishable_key or None),
        endpoints=_endpoints(
            platform, connect, _events(environment.get("STRIPE_WEBHOOK_EVENTS", "*"))
        ),
        public_url=options.public_url.rstrip("/") or None,
        settlement_currency=_currency(options.settlement_currency),
    )


def _currency(code: str) -> str | None:
    if code and code not in CURRENCIES:
        raise Refused(f"--settlement-currency wants a lower-case ISO 4217 code, not {code!r}")
    return code or None


def _no_production(environment: str) -> None:
    if environment == "production":
        raise Refused("the Stripe sandbox does not run in production: ENVIRONMENT=production")
    if environment != "development":  # `Production` or `prod` must not count as development
        raise Refused("ENVIRONMENT must be development or production")


def _no_live(secret: str, publishable: str) -> None:
    for name, value, form in (("secret", secret, "(sk|rk)"), ("publishable", publishable, "pk")):
        if value and re.match(r"(sk|rk|pk)_live_", value):
            raise Refused(f"the Stripe sandbox does not run with a live key ({name} key)")
        if value and not re.fullmatch(form + r"_test_\w+", value):
            raise Refused(f"the {name} key must look like a test key")


def _pairs(given: Sequence[str]) -> list[tuple[str, str]]:
    """URL=SECRET; the URL's query may contain `=` too, and so may a secret that does not have
    Stripe's format.
    """
    found = []
    for pair in given:
        url, mark, secret = pair.partition("=whsec_")
        if not mark:
            url, _, secret = pair.rpartition("=")
        found.append((url, mark.lstrip("=") + secret))
        if not secret or not url:
            raise Refused(f"a webhook wants URL=SECRET, not {pair!r}")
    return found


def _from(environment: Mapping[str, str], name: str) -> list[tuple[str, str]]:
    url, secret = environment.get(f"{name}_URL"), environment.get(f"{name}_SECRET")
    return [(url, secret)] if url and secret else []


def _events(listed: str) -> frozenset[str]:
    """The event types for configured endpoints: all of them (`*`), or a comma-separated list."""
    return frozenset(filter(None, (kind.strip() for kind in listed.split(",")))) or frozenset({"*"})


def _endpoints(
    platform: Sequence[tuple[str, str]], connect: Sequence[tuple[str, str]], events: frozenset[str]
) -> tuple[Endpoint, ...]:
    found = []
    for connected, pairs in ((False, platform), (True, connect)):
        for index, (url, secret) in enumerate(pairs):
            if not re.match(r"https?://[^/\s]+", url):
                raise Refused(f"a webhook wants an http or https URL, not {url!r}")
            name = f"we_fixed_{'connect' if connected else 'platform'}_{index}"
            found.append(Endpoint(name, url, secret, connected, events))
    return tuple(found)
