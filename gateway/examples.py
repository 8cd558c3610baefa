"""Examples for the API's description: made from the schemas, by what a field is called, so that no
operation is without one.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_CONSULTANT = "019a4a5e-2c00-7c31-9d5e-3f1a2b4c5d6e"
_BY_NAME: dict[str, Any] = {
    "access_token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIwMTlhNGE1ZSJ9.c2lnbmF0dXJl",  # nosec B105
    "account_id": "acct_1SVx2kQ4mD8nTz3f",
    "actor": "consultant",
    "alg": "ES256",
    "amount": 6000,
    "amount_refunded": 0,
    "average_rating": 4.83,
    "bio": "Fifteen years of databases: modelling, tuning, and calm migrations of large tables.",
    "brand": "visa",
    "color": "#0f6b60",
    "logo_url": None,
    "locales": ["en", "de"],
    "free_period_seconds": 600,
    "commission_bps": 1500,
    "cancel_free_seconds": 86400,
    "late_cancel_bps": 5000,
    "minimum_slot_seconds": 900,
    "start_early_seconds": 900,
    "auto_end_after_seconds": 900,
    "stripe_js_url": None,
    "client_secret": "seti_1SVx2kQ4mD8nTz3f_secret_TSn8QyWk",  # nosec B105
    "count": 2,
    "comment": "Clear, patient and to the point.",
    "charged": 6000,
    "commission_amount": 900,
    "consultant_id": _CONSULTANT,
    "crv": "P-256",
    "currency": "eur",
    "current_password": "correct horse battery staple",  # nosec B105
    "date": "2026-12-24",
    "detail": {},
    "duration_seconds": 3540,
    "email": "ada@example.org",
    "end": "12:00",
    "event": "booking.accepted",
    "exp_month": 4,
    "exp_year": 2030,
    "expertise_tags": ["postgresql", "performance"],
    "expires_in": 900,
    "fee": 3000,
    "first_name": "Ada",
    "gross_amount": 6000,
    "headline": "PostgreSQL performance, explained",
    "hourly_rate": 6000,
    "kid": "2026-11-01",
    "kty": "EC",
    "language": "en",
    "languages": ["en", "de"],
    "last4": "4242",
    "last_name": "Byron",
    "max_hourly_rate": 9000,
    "message": "Our nightly report has become slow. Could we look at its plan together?",
    "min_rating": 4,
    "month": "2026-11",
    "new_password": "another fine long passphrase",  # nosec B105
    "next_cursor": None,
    "onboarding_url": "https://connect.stripe.com/setup/e/acct_1SVx2kQ4mD8nTz3f/rT8nPz",
    "password": "correct horse battery staple",  # nosec B105
    "payment_deadline": None,
    "payment_failure": None,
    "payment_intent_id": "pi_3SVx2kQ4mD8nTz3f1aBcDeFg",
    "payment_status": "authorized",
    "publishable_key": "pk_test_51SVx2kQ4mD8nTz3f",
    "rating": None,
    "rating_count": 12,
    "spent": 12000,
    "earned": 5100,
    "refunded": 0,
    "reason": "A conflict in my calendar.",
    "refresh": "body",
    "refresh_token": "r1.8vYk3mQxN0w2Zt6bHs4LdQ",  # nosec B105
    "requirements": [],
    "returned": 3000,
    "role": "seeker",
    "score": 5,
    "search": "postgres",
    "seeker_first_name": "Ada",
    "session_end_time": None,
    "session_start_time": None,
    "setup_intent_id": "seti_1SVx2kQ4mD8nTz3f",
    "sort": "rating",
    "start": "09:00",
    "status": "confirmed",
    "tag": "postgresql",
    "time_zone": "Europe/Berlin",
    "token_type": "bearer",  # nosec B105
    "transfer_id": "tr_1SVx2kQ4mD8nTz3f",
    "use": "sig",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
# Where a name alone says too little: the thing's or the field's name before it.
_BY_PLACE: dict[str, Any] = {
    "brand.name": "Consultant Connect",
    "currency.code": "eur",
    "currency.exponent": 2,
    "currency.minimum": 50,
    "currency.maximum": 99_999_999,
    "currency.step": 1,
    "connectaccount.status": "pending",
    "connectstatus.status": "active",
    "consultant.id": _CONSULTANT,
    "consultant.first_name": "Grace",
    "consultant.last_name": "Hopper",
    "card.first_name": "Grace",
    "card.last_name": "Hopper",
    "historyitem.status": "captured",
    "paymentmethod.id": "pm_1SVx2kQ4mD8nTz3f",
    "payoutitem.amount": 5100,
    "receiptview.number": "000007",
    "receiptview.reason": "session_ended",
    "receiptview.issuer_address": ["1 High Street", "London"],
    "statementview.year": 2026,
    "statementrow.receipt_number": "000007",
    "payoutitem.status": "paid",
    "profile.first_name": "Grace",
    "profile.last_name": "Hopper",
    "cancellation.policy": "Free until 24 hours before the start; after that half the price.",
}
# Later words of a name win over nothing: `respond_by`, `scheduled_end`, `free_until`.
_TIMES = {
    "start": "2026-12-01T09:00:00Z",
    "end": "2026-12-01T10:00:00Z",
    "created": "2026-11-22T18:20:00Z",
    "updated": "2026-11-22T18:25:00Z",
    "from": "2026-12-01T00:00:00Z",
    "to": "2026-12-15T00:00:00Z",
}


def example(
    schema: Schema,
    components: Mapping[str, Schema],
    name: str = "",
    depth: int = 0,
    place: str = "",
) -> Any:
    """A value that fits `schema`; `name` is the field it is for, `place` what that field belongs
    to.
    """
    placed = f"{place}.{name}"
    if placed in _BY_PLACE:
        return _BY_PLACE[placed]
    if "$ref" in schema:
        target = str(schema["$ref"]).rpartition("/")[2]
        named = name if name in ("seeker", "consultant") else target.lower()
        return _made({**components[target], **_beside(schema)}, components, name, depth + 1, named)
    return _made(schema, components, name, depth, place)


def _beside(schema: Schema) -> Schema:
    """What stands beside a reference and narrows what it says."""
    return {key: value for key, value in schema.items() if key != "$ref"}


def _made(
    schema: Schema, components: Mapping[str, Schema], name: str, depth: int, place: str
) -> Any:
    if "const" in schema:
        return schema["const"]
    choices = schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf")
    if choices:
        return _chosen(schema, list(choices), components, name, depth, place)
    if schema.get("examples"):
        return next(iter(schema["examples"]))
    if "enum" in schema:
        preferred = _BY_NAME.get(name)
        return preferred if preferred in schema["enum"] else schema["enum"][0]
    return _of_type(schema, components, name, depth, place)


def _chosen(
    schema: Schema,
    choices: list[Schema],
    components: Mapping[str, Schema],
    name: str,
    depth: int,
    place: str,
) -> Any:
    nullable = any(choice.get("type") == "null" for choice in choices)
    if nullable and (depth > 8 or (name in _BY_NAME and _BY_NAME[name] is None)):
        return None
    rest = {key: value for key, value in schema.items() if key not in ("oneOf", "anyOf", "allOf")}
    solid = next((choice for choice in choices if choice.get("type") != "null"), None)
    return None if solid is None else example({**rest, **solid}, components, name, depth + 1, place)


def _of_type(
    schema: Schema, components: Mapping[str, Schema], name: str, depth: int, place: str
) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "null")
    if kind == "object" or "properties" in schema:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        return {
            key: example(value, components, key, depth + 1, place)
            for key, value in properties.items()
        }
    if kind == "array":
        given = _BY_NAME.get(name)
        if isinstance(given, list):
            return given
        return [example(schema.get("items", {}), components, name, depth + 1)] if depth <= 8 else []
    if kind == "boolean":
        return name in ("is_active", "can_cancel", "received", "closed", "verified")
    if kind in ("integer", "number"):
        return _number(schema, name, kind)
    return (
        _text(schema, name, place)
        if kind == "string"
        else _BY_NAME.get(name, {} if kind is None else None)
    )


def _number(schema: Schema, name: str, kind: str) -> float | int:
    given = _BY_NAME.get(name)
    value = (
        given
        if isinstance(given, int | float) and not isinstance(given, bool)
        else schema.get("default")
    )
    if value is None:
        value = 2000 if name.endswith("amount") else schema.get("minimum", 1)
    value = min(max(value, schema.get("minimum", value)), schema.get("maximum", value))
    return int(value) if kind == "integer" else value


def _text(schema: Schema, name: str, place: str) -> str:
    kind = schema.get("format")
    given = _BY_NAME.get(name)
    if kind == "date-time":
        return next(
            (time for word, time in _TIMES.items() if word in name.split("_")),
            "2026-12-01T08:00:00Z",
        )
    if kind == "date":
        return "2026-12-24"
    if kind in ("uuid", "uuid7"):
        return (
            given
            if isinstance(given, str) and len(given) == 36
            else _id(place if name == "id" else name)
        )
    text = (
        given
        if isinstance(given, str)
        else str(schema.get("default") or name.replace("_", " ") or "text")
    )
    text = text.ljust(int(schema.get("minLength", 0)), ".")
    return text[: int(schema.get("maxLength", len(text)))]


def _id(name: str) -> str:
    """A UUIDv7 that is always the same for the same name."""
    digest = hashlib.sha256(name.encode()).digest()
    value = int.from_bytes(bytes.fromhex("019a4a5e2c00") + digest[:10], "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return str(uuid.UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62)))
