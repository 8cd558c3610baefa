"""Every program refuses wrong settings at startup, and says in words what they must be."""

from __future__ import annotations

from importlib import import_module
from typing import Any, get_args

import msgspec
import pytest

from gateway.settings import GatewaySettings
from shared.services import SERVICES
from shared.settings import BadSettings, CommonSettings, load

GOOD = {
    "DATABASE_URL": "postgresql://a:b@c/d",
    "AMQP_URL": "amqp://a:b@c/",
    "SIGNING_KEY_SECRET": "A" * 43,
    "STRIPE_SECRET_KEY": "sk_test_x",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_test",
}
RELAY = {"TURN_URLS": "turn:turn.example:3478?transport=udp", "TURN_SECRET": "secret"}
PRODUCTION = {"ENVIRONMENT": "production", "SMTP_URL": "smtps://user:password@mail.example:465"}
SENDER = {"MAIL_FROM": "My Market <hello@market.example>"}


def settings_of(program: str) -> type[CommonSettings]:
    if program == "gateway":
        return GatewaySettings
    found: type[CommonSettings] = import_module(f"services.{program}.app").SETTINGS
    return found


@pytest.mark.parametrize(
    ("program", "variables", "words"),
    [
        ("booking", {"TURN_URLS": "foo"}, "TURN_URLS .* like turn:"),
        ("booking", {"STUN_URLS": "turn:a:1"}, "STUN_URLS .* like stun:"),
        ("booking", {"CALL_RELAY_ONLY": "1"}, "CALL_RELAY_ONLY=1 needs TURN_URLS"),
        ("booking", {"CALL_RELAY_ONLY": "1", **RELAY, "TURN_SECRET": ""}, "and TURN_SECRET"),
        ("gateway", {"CORS_ORIGINS": "foo"}, "CORS_ORIGINS .* like https://"),
        ("gateway", {"CORS_ORIGINS": "https://a.example/path"}, "CORS_ORIGINS .* like https://"),
        ("gateway", {"METRICS_LISTEN": "foo"}, "METRICS_LISTEN .* host:port"),
        ("notifications", {"MAIL_FROM": "foo"}, "MAIL_FROM .* like My Market <"),
        ("notifications", {"MAIL_FROM": "a@b.example\r\nBcc: c@d"}, "MAIL_FROM .* like"),
        ("notifications", {**PRODUCTION}, "MAIL_FROM .* your domain"),
        (
            "notifications",
            {**PRODUCTION, **SENDER, "SMTP_URL": "smtp://mail-sandbox:1025"},
            "SMTP_URL is the mail sandbox",
        ),
        ("payments", {"PAYOUT_COUNTRY": "xx"}, "PAYOUT_COUNTRY .* letters of a country"),
    ],
)
def test_wrong_setting_is_refused(program: str, variables: dict[str, str], words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        load(settings_of(program), {**GOOD, **variables})


@pytest.mark.parametrize(
    ("program", "variables"),
    [
        ("booking", {**RELAY, "CALL_RELAY_ONLY": "1", "STUN_URLS": "stun:a.example, stuns:b:1"}),
        ("booking", {**RELAY, "TURN_URLS": "turn:a:1?transport=udp, turns:[2001:db8::1]:2"}),
        ("gateway", {"CORS_ORIGINS": "https://app.example, http://localhost:3000/"}),
        ("gateway", {"METRICS_LISTEN": "0.0.0.0:9464"}),
        ("notifications", {**PRODUCTION, **SENDER}),
        ("notifications", {**PRODUCTION, "SMTP_URL": ""}),
        ("payments", {"PAYOUT_COUNTRY": "de"}),
    ],
)
def test_right_setting_is_accepted(program: str, variables: dict[str, str]) -> None:
    load(settings_of(program), {**GOOD, **variables})


@pytest.mark.parametrize("program", [*SERVICES, "gateway"])
def test_every_form_is_said_in_words(program: str) -> None:
    """A regular expression means nothing to an operator."""
    silent = [
        field.name
        for field in msgspec.structs.fields(settings_of(program))
        for meta in metadata(field.type)
        if meta.pattern is not None and not meta.description
    ]
    assert silent == []


def metadata(kind: Any) -> list[msgspec.Meta]:
    """The metadata of a type, which may be one of the members of a union."""
    own = [one for one in getattr(kind, "__metadata__", ()) if isinstance(one, msgspec.Meta)]
    return own + [meta for member in get_args(kind) for meta in metadata(member)]


def test_a_setting_of_several_programs_has_the_same_form_and_default_in_all() -> None:
    """The gateway publishes the rules that booking applies."""
    found: dict[str, set[Any]] = {}
    for program in [*SERVICES, "gateway"]:
        for field in msgspec.structs.fields(settings_of(program)):
            found.setdefault(field.name, set()).add((str(field.type), field.default))
    different = {name for name, values in found.items() if len(values) > 1}
    assert different == {"stripe_publishable_key"}, "payments alone cannot do without it"
