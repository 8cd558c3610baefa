"""The API's description and the services say the same of what clients may send: what it allows is
taken, or refused for a reason that it names and that lies in the state of things; what it forbids
is refused as invalid, by the field's name.
"""

from __future__ import annotations

import base64
import copy
import itertools
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import jsonschema_rs
import pytest

from gateway.openapi import DOCUMENT
from gateway.routes import ROUTES, Route
from shared.auth import User, Verifier
from shared.events import UserRegistered
from shared.field_codes import BEYOND_SCHEMAS
from shared.ids import new_id
from shared.testing import ServiceHarness, token_for
from tests.boundary_values import resolved, texts, values

Services = Callable[[str], Awaitable[ServiceHarness]]

SEEKER = User(new_id(), "seeker", "Ada", "Byron")
CONSULTANT = User(new_id(), "consultant", "Grace", "Hopper")
PASSWORD = "correct horse battery staple"
SETTINGS = {
    "signing_key_secret": base64.urlsafe_b64encode(bytes(32)).decode(),
    "bcrypt_rounds": "4",
    "login_attempts_per_minute": "10000000",
    "stripe_secret_key": "sk_test_none",
    "stripe_publishable_key": "pk_test_none",
    "stripe_webhook_secret": "whsec_none",
}
document = json.loads(DOCUMENT.read_text())
schemas = document["components"]["schemas"]
NOBODY = "01930000-0000-7000-8000-000000000000"
# These end the session that asks, or may be asked three times an hour: somebody new asks each time.
ONCE_EACH = ("/users/me/password", "/users/me/email")


class Place(NamedTuple):
    """One field of a body: its name as errors say it, where it is, and a value that is allowed."""

    name: str
    keys: tuple[str | int, ...]
    schema: dict[str, Any]
    valid: Any


@pytest.fixture
async def services(
    harness: Callable[..., Awaitable[ServiceHarness]],
) -> Callable[[str], Awaitable[ServiceHarness]]:
    """Services by name, each with a consultant and a seeker who are known to it."""

    async def make(name: str) -> ServiceHarness:
        made = await harness(name, **SETTINGS)
        if name == "identity":
            made.app.state.verifier = Verifier("own keys", fetch=made.app.state.keyring.as_jwks)
        else:
            for user in (SEEKER, CONSULTANT):
                await made.deliver(registered(user))
        return made

    return make


def registered(user: User) -> UserRegistered:
    return UserRegistered(
        user_id=user.id,
        role=user.role,
        first_name=user.first_name,
        last_name=user.last_name,
        email=f"{user.role}@example.org",
    )


def operation_of(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"][route.path][route.method.lower()]
    return operation


def body_schema(route: Route) -> dict[str, Any] | None:
    content = operation_of(route).get("requestBody", {}).get("content", {})
    schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return schema if route.body == "json" else None


def query_parameters(route: Route) -> list[dict[str, Any]]:
    return [p for p in operation_of(route).get("parameters", ()) if p["in"] == "query"]


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def validator(schema: dict[str, Any]) -> Any:
    whole = {**schema, "components": document["components"]}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


class Caller:
    """Asks one operation as somebody who may."""

    def __init__(self, route: Route, service: ServiceHarness) -> None:
        self.route, self.service = route, service
        self.documented = operation_of(route)["responses"]
        self._token = ""

    async def ask(self, query: Any = (), body: Any = None) -> httpx.Response:
        headers = {}
        if self.route.who != "anyone":
            headers["authorization"] = f"Bearer {await self._access_token()}"
        if body is not None:
            headers["content-type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        return await self.service.http.request(
            self.route.method, self._path(), params=query, headers=headers, content=content
        )

    async def _access_token(self) -> str:
        if self.service.name != "identity":
            return token_for(CONSULTANT if self.route.who == "consultant" else SEEKER)
        if not self._token or self.route.path in ONCE_EACH:
            schema = {"$ref": "#/components/schemas/Register"}
            person = {**valid_body(schema), "password": PASSWORD, "refresh": "body"}
            answer = await self.service.post("/users/register", json=person)
            self._token = answer.json()["access_token"]
        return self._token

    def _path(self) -> str:
        known = {"consultant_id": str(CONSULTANT.id)}
        return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], NOBODY), self.route.path)

    def judge(self, answer: httpx.Response, *, allowed: bool, name: str) -> str | None:
        """What is wrong with the answer, if anything is."""
        problem = answer.json() if answer.status_code >= 400 else {}
        errors = problem.get("errors", [])
        if not allowed:
            named = [e["field"] for e in errors]
            # `slots` of a body that has `slots[0]` too
            if answer.status_code == 400 and any(field.startswith(name) for field in named):
                return None
            return f"is forbidden, and the answer is {answer.status_code} {problem}"
        if answer.status_code < 400:
            return None
        codes = self.documented.get(str(answer.status_code), {}).get("x-problem-codes", ())
        beyond = all(error.get("code") in BEYOND_SCHEMAS for error in errors)
        if answer.status_code not in (429, 503) and problem["code"] in codes and beyond:
            return None
        return f"is allowed, and the answer is {answer.status_code} {problem}"


def shown(value: Any) -> str:
    text = ascii(value)
    return text if len(text) < 120 else f"{text[:100]}… ({len(text)} characters)"


def instances(schema: dict[str, Any]) -> Iterator[tuple[list[str], Any]]:
    """What is written in a query, and the JSON value that it stands for."""
    schema = resolved(schema, schemas)
    kind = schema["type"]
    if kind == "array":
        item = resolved(schema["items"], schemas)
        yield from (([text], [text]) for text in texts(item))
        valid = item.get("enum", ["x"])[0]
        for count in (schema["maxItems"], schema["maxItems"] + 1):
            yield [valid] * count, [valid] * count
        return
    bounds = [schema[name] for name in ("minimum", "maximum") if name in schema]
    numbers = [str(bound + step) for bound in bounds for step in (-1, 0, 1)]
    odd = ["1e0", "1E1", "2.5", "-0", "01", "+1", "1_0", ".5", "1.", "nan", "inf", "0x1", "9" * 30]
    for text in dict.fromkeys([*texts(schema), *numbers, *odd, "true", "false", "True", "yes"]):
        yield [text], value_of(kind, text)


def value_of(kind: str, text: str) -> Any:
    """The value that `text` stands for, as JSON writes it (but whole numbers in digits alone);
    None where it stands for none.
    """
    if kind == "string":
        return text
    plain = r"-?(0|[1-9][0-9]*)" + (r"(\.[0-9]+)?([eE][+-]?[0-9]+)?" if kind == "number" else "")
    if kind in ("integer", "number"):
        return json.loads(text) if re.fullmatch(plain, text) else None
    return {"true": True, "1": True, "false": False, "0": False}.get(text)


WITH_QUERY = [route for route in ROUTES if query_parameters(route)]


@pytest.mark.parametrize("route", WITH_QUERY, ids=name_of)
async def test_every_query_parameter_is_taken_as_described(
    services: Services, route: Route
) -> None:
    caller, found = Caller(route, await services(route.upstream)), []
    required = {p["name"]: p["example"] for p in query_parameters(route) if p["required"]}
    for parameter in query_parameters(route):
        name, judge = parameter["name"], validator(parameter["schema"])
        others = [(key, value) for key, value in required.items() if key != name]
        for written, value in instances(parameter["schema"]):
            allowed = judge.is_valid(value)
            if allowed and route.stream:
                continue  # that answer has no end
            answer = await caller.ask([*others, *((name, text) for text in written)])
            fault = caller.judge(answer, allowed=allowed, name=name)
            if fault is not None:
                found.append(f"{name}={shown(written)} {fault}")
    assert not found, "\n".join(found)[:6000]


# ---- bodies

_numbers = itertools.count(1)


def valid_body(schema: dict[str, Any]) -> Any:
    """A body that is allowed, with what must be new each time."""
    schema = resolved(schema, schemas)
    if schema.get("type") == "array":
        return [valid_body(schema["items"])]
    if "properties" in schema:
        required = schema.get("required", ())
        left_out = {"ids"} if schema["title"] == "ReadNotifications" else set()
        return {
            name: valid_field(name, one)
            for name, one in schema["properties"].items()
            if name in required or name not in left_out
        }
    return None


def valid_field(name: str, schema: dict[str, Any]) -> Any:
    plain = resolved(schema, schemas)
    for key in (name, plain.get("format"), plain.get("title")):
        if key in NEW_VALUES:
            return NEW_VALUES[key]()
    if plain.get("examples") or "enum" in plain:
        return (plain.get("examples") or plain["enum"])[0]
    kind = plain.get("type")
    if kind in ("object", "array"):
        return valid_body(schema)
    if kind == "integer":
        return plain.get("default", plain.get("minimum", 1))
    return False if kind == "boolean" else "x" * plain.get("minLength", 1)


def in_days(number: int) -> datetime:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return hour + timedelta(days=5 + number % 300)


# By the field's name, its format or its type's name: what must be new each time, and what must fit
# other fields.
NEW_VALUES: dict[Any, Any] = {
    "start_time": lambda: in_days(next(_numbers)).isoformat(),
    "from": lambda: in_days(next(_numbers)).isoformat(),
    "end_time": lambda: None,  # see `completed`
    "to": lambda: None,
    "Email": lambda: f"{secrets.token_hex(6)}@example.org",
    "uuid": lambda: NOBODY,
    "date": lambda: in_days(next(_numbers)).date().isoformat(),
    "current_password": lambda: PASSWORD,
    "currency": lambda: "usd",
    "expertise_tags": lambda: ["postgres"],
    "languages": lambda: ["en"],
    "data": dict,
}


def completed(body: Any) -> Any:
    """Ends that follow their starts."""
    for start, end in (("start_time", "end_time"), ("from", "to")):
        if isinstance(body, dict) and start in body:
            body[end] = (datetime.fromisoformat(body[start]) + timedelta(hours=1)).isoformat()
    for value in (
        body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    ):
        completed(value)
    return body


def places(schema: dict[str, Any], valid: Any, name: str = "", keys: Any = ()) -> Iterator[Place]:
    """Every field of a body, however deep; of lists the first item."""
    plain = resolved(schema, schemas)
    for field, one in plain.get("properties", {}).items():
        path, inner = f"{name}.{field}" if name else field, valid.get(field)
        yield Place(path, (*keys, field), one, inner)
        if inner is not None:
            yield from places(one, inner, path, (*keys, field))
    if plain.get("type") == "array" and valid:
        path = f"{name}[0]"
        yield Place(path, (*keys, 0), plain["items"], valid[0])
        yield from places(plain["items"], valid[0], path, (*keys, 0))


def changed(body: Any, keys: tuple[str | int, ...], value: Any) -> Any:
    made = inner = copy.deepcopy(body)
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return made


def without(body: Any, keys: tuple[str | int, ...]) -> Any:
    made = inner = copy.deepcopy(body)
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    return made


WITH_BODY = [route for route in ROUTES if body_schema(route) is not None]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("route", WITH_BODY, ids=name_of)
async def test_every_field_of_a_body_is_taken_as_described(
    services: Services, route: Route
) -> None:
    caller, found = Caller(route, await services(route.upstream)), []
    schema = body_schema(route)
    assert schema is not None
    judge = validator(schema)

    async def probe(name: str, body: Any, what: str) -> None:
        answer = await caller.ask(body=body)
        fault = caller.judge(answer, allowed=judge.is_valid(body), name=name)
        if fault is not None:
            found.append(f"{name}: {what} {fault}")

    def fresh() -> Any:
        return completed(valid_body(schema))

    assert judge.is_valid(fresh()), list(judge.iter_errors(fresh()))
    for place in places(schema, fresh()):
        for value in values(place.schema, schemas, place.valid):
            await probe(place.name, changed(fresh(), place.keys, value), shown(value))
        if isinstance(place.keys[-1], str) and place.valid is not None:
            await probe(place.name, without(fresh(), place.keys), "left out")
        if isinstance(place.valid, dict) and "properties" in resolved(place.schema, schemas):
            odd = changed(fresh(), (*place.keys, "surprise"), 1)
            await probe(f"{place.name}.surprise", odd, "an unknown field")
    await probe("surprise", changed(fresh(), ("surprise",), 1), "an unknown field")
    others: tuple[Any, ...] = ([], "x", 7, True)
    for other in others:
        await probe("body", other, shown(other))
    assert not found, "\n".join(found)[:6000]


async def test_faults_of_type_of_writing_and_between_fields_are_named_together(
    services: Services,
) -> None:
    rules = {
        "time_zone": "Mars/X",
        "slot_minutes": "30",
        "weekly": [
            {"weekday": 1, "start": "12:00", "end": "09:00"},
            {"weekday": 2, "start": "09:00", "end": "12:00"},
            {"weekday": 2, "start": "11:00", "end": "13:00"},
            {"weekday": 9, "start": "9", "end": "12:00", "x": 1},
        ],
        "exceptions": [{"date": "2027-01-01", "closed": True, "start": "09:00"}, {"date": 1}],
    }
    booking = await services("booking")
    path = "/consultants/me/availability/rules"
    answer = await booking.put(path, user=CONSULTANT, json=rules)
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {
        "time_zone",
        "slot_minutes",
        "weekly[0].end",
        "weekly[2].start",
        "weekly[3].weekday",
        "weekly[3].start",
        "weekly[3].x",
        "exceptions[0].start",
        "exceptions[1].date",
        "exceptions[1].start",
        "exceptions[1].end",
    }
