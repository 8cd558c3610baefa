"""Requests: as received, and with their parameters parsed and checked."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec

from sandbox.stripe import files, forms
from sandbox.stripe.errors import StripeError, invalid, refused, unknown
from sandbox.stripe.rows import Body
from sandbox.stripe.spec import Spec
from sandbox.stripe.store import Store

TYPED = frozenset({"type", "allow_redisplay", "billing_details", "metadata", "radar_options"})
WITH_SECRET = frozenset(
    f"/v1/{kind}_intents/{{id}}{verb}" for kind in ("setup", "payment") for verb in ("", "/confirm")
)
JSON = "application/json"


class IncomingRequest(NamedTuple):
    """A request as received; header names are in lower case."""

    method: str
    path: str
    query: str
    body: bytes
    headers: Mapping[str, str]
    origin: str


EMAIL = re.compile(r"(?=.{3,512}$)[^\s@<>,;]+@[^\s@.<>,;]+(\.[^\s@.<>,;]+)+")
MAX_IDEMPOTENCY_KEY_LENGTH = 255
# A date, and since 2024 the name of a release; a preview has its own suffix.
VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")


def check_headers(asked: IncomingRequest) -> None:
    """Raises 400 for an invalid idempotency key or API version."""
    key = asked.headers.get("idempotency-key", "")
    if len(key) > MAX_IDEMPOTENCY_KEY_LENGTH:
        raise StripeError(
            400,
            f"Idempotency keys can have up to {MAX_IDEMPOTENCY_KEY_LENGTH} characters; yours has "
            f"{len(key)}.",
            None,
            "idempotency_error",
            kept=False,
        )
    version = asked.headers.get("stripe-version")
    if version is not None and not _is_version(version):
        raise invalid(f"Invalid Stripe API version: {version[:60]}")


def _is_version(version: str) -> bool:
    try:
        date.fromisoformat(version[:10])
    except ValueError:
        return False
    return VERSION.fullmatch(version) is not None


def check_account(store: Store, asked: IncomingRequest) -> None:
    """Balances and payouts are simulated for connected accounts; any other call on their behalf is
    refused.
    """
    account = asked.headers.get("stripe-account")
    if not account:
        return
    if (store.find(account) or {}).get("object") != "account":
        message = (
            f"The provided key does not have access to account '{account}' "
            "(or that account does not exist)."
        )
        raise StripeError(403, message, "account_invalid", kept=False)
    if not asked.path.startswith(("/v1/balance", "/v1/account", "/v1/payouts", "/v1/events")):
        raise unknown(asked.method, asked.path)


def check(spec: Spec, method: str, template: str, params: Body, browser: bool) -> Body:
    """The parameters in their types. Raises Stripe's 400."""
    for name in ("key", "_stripe_version"):
        params.pop(name, None)
    # Part of the API for every key, but not of the SDK's types, from which the description comes.
    secret = params.pop("client_secret", None) if browser or template in WITH_SECRET else None
    card = _take_card(template, params, browser)
    described = spec.params(method, template)
    if described is not None:
        params = described(params, "")
    elif params:
        name = next(iter(params))
        raise invalid(f"Received unknown parameter: {name}", "parameter_unknown", name)
    _check_emails(params)
    if secret is not None:
        params["client_secret"] = secret
    if card is not None:
        params["card"] = card
    return params


def _check_emails(params: Body) -> None:
    """Check e-mail addresses. Raises 400."""
    for name in ("email", "contact_email", "receipt_email"):
        value = params.get(name)
        if isinstance(value, str) and value and not EMAIL.fullmatch(value):
            raise invalid(f"Invalid email address: {value[:100]}", "email_invalid", name)


def _take_card(template: str, params: Body, browser: bool) -> Any:
    """Card numbers come from the browser script only; within an intent they are no part of the
    described API.
    """
    whole = template == "/v1/payment_methods"
    data = params if whole else params.get("payment_method_data")
    if not isinstance(data, dict) or "card" not in data:
        return None
    if not browser:
        raise refused(
            "Sending credit card numbers directly to the Stripe API is generally unsafe. We "
            "suggest you use test "
            "tokens that map to the test card you are using, see https://stripe.com/docs/testing."
        )
    card = data.pop("card")
    if not whole:
        for name in data:
            if name not in TYPED:
                full = f"payment_method_data[{name}]"
                raise invalid(f"Received unknown parameter: {full}", "parameter_unknown", full)
        params.pop("payment_method_data")
        card = {"card": card, "billing_details": data.get("billing_details")}
    return card


def read(asked: IncomingRequest) -> Body:
    """The parameters as received."""
    try:
        if asked.method != "POST":
            return forms.decode(asked.query)
        content_type = asked.headers.get("content-type", "")
        if content_type.startswith("multipart/form-data"):
            return files.parts(content_type, asked.body)
        if asked.path.startswith("/v2/") or content_type.startswith(JSON):
            return msgspec.json.decode(asked.body or b"{}", type=dict[str, Any])
        return forms.decode(asked.body.decode())
    except (UnicodeDecodeError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise invalid(f"Invalid request body: {error}") from error
