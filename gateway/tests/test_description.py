"""The one description of the API, the page that shows it, and that of the events."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

import jsonschema
import msgspec
import pytest
import schemathesis
from litestar import Litestar, delete, get, post
from litestar.openapi.config import OpenAPIConfig
from litestar.params import FromPath, JSONBody, QueryParameter

from gateway.docs import page
from gateway.examples.finding import BY_OPERATION, BY_SCHEMA
from gateway.examples.parameters import PARAMETERS
from gateway.merge import merge
from gateway.openapi import DOCUMENT
from gateway.operation_ids import OPERATION_IDS
from gateway.routes import ROUTES
from gateway.tests.conftest import Open
from shared.openapi import description_of, errors
from shared.paging import Cursor, Limit, Page
from shared.problems import NotFound, Problem
from shared.services import SERVICES


class SlotTaken(Problem):
    code = "slot_unavailable"
    status = 409
    detail = "Somebody was faster."


class NewBooking(msgspec.Struct, forbid_unknown_fields=True):
    """A request for a slot."""

    consultant_id: UUID
    message: Annotated[str, msgspec.Meta(max_length=20)] | None = None


class Booking(msgspec.Struct):
    id: UUID
    amount: int
    payment_failure: str | None


@post("/bookings", responses=errors(SlotTaken, NotFound), summary="Ask for a slot")
async def request(data: JSONBody[NewBooking | None] = None) -> Booking:
    """The slot is held until the consultant has answered."""
    raise NotImplementedError


@get("/bookings/me")
async def mine(
    limit: Limit = 20,
    cursor: Cursor = None,
    status: Annotated[list[str] | None, QueryParameter()] = None,
) -> Page[Booking]:
    raise NotImplementedError


@delete("/bookings/{booking_id:uuid}", status_code=204)
async def hidden(booking_id: FromPath[UUID]) -> None:
    """Not in the gateway's table."""


def service_document() -> dict[str, Any]:
    config = OpenAPIConfig(title="booking", version="1", use_handler_docstrings=True)
    application = Litestar([request, mine, hidden], openapi_config=config)
    made: dict[str, Any] = json.loads(json.dumps(description_of(application)))
    return made


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return merge({"booking": service_document()})


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(m.upper(), p): op for p, path in document["paths"].items() for m, op in path.items()}


def test_document_is_valid_openapi_and_holds_the_table_and_no_more(
    document: dict[str, Any],
) -> None:
    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()
    described = {("POST", "/bookings"), ("GET", "/bookings/me")}
    assert set(operations(document)) == described | {("GET", "/config")}
    assert described <= {(route.method, route.path) for route in ROUTES}
    ids = [op["operationId"] for op in operations(document).values()]
    assert len(ids) == len(set(ids))


def test_every_operation_names_what_can_go_wrong(document: dict[str, Any]) -> None:
    for route in ROUTES:
        operation = operations(document).get((route.method, route.path))
        if operation is None:  # not one of this service
            continue
        statuses = set(operation["responses"])
        assert {"414", "431", "503", "504"} <= statuses
        assert ("401" in statuses) == (route.who != "anyone")
        assert ("403" in statuses) == (route.who in ("seeker", "consultant"))
        assert ("413" in statuses) == (route.method != "GET")
        assert ("429" in statuses) == route.limited
        assert operation["security"] == ([] if route.who == "anyone" else [{"bearerAuth": []}])
        if "{" in route.path:
            assert "404" in statuses
        for status, response in operation["responses"].items():
            assert "X-Request-ID" in response["headers"]
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"]


def test_errors_of_service_and_gateway_stand_together(document: dict[str, Any]) -> None:
    operation = operations(document)["POST", "/bookings"]
    assert (
        operation["responses"]["409"]["description"] == "`slot_unavailable`: Somebody was faster."
    )
    assert operation["responses"]["404"]["description"].startswith("`not_found`")
    assert "422" in operation["responses"]
    assert "Idempotency-Key" in [p["name"] for p in operation["parameters"]]
    assert (
        operation["description"]
        == "The slot is held until the consultant has answered. For seekers."
    )


def test_every_reason_to_forbid_an_operation_is_given() -> None:
    operation = operations(json.loads(DOCUMENT.read_text()))["POST", "/bookings"]
    answer = operation["responses"]["403"]
    assert answer["description"] == (
        "`forbidden`: Your role does not allow this.; `forbidden`: This account is closed."
    )
    assert answer["x-problem-codes"] == ["forbidden"]


def test_successes_are_described_in_plain_words_and_not_in_the_frameworks() -> None:
    document, stock = json.loads(DOCUMENT.read_text()), {s.description for s in HTTPStatus}
    said: dict[str, set[str]] = {}
    for operation in operations(document).values():
        for status, response in operation["responses"].items():
            if status < "400":
                said.setdefault(status, set()).add(response["description"])
    assert said["201"] == {"Created."}
    assert said["202"] == {"Accepted."}
    assert said["204"] == {"Done; there is no content."}
    assert "Success." in said["200"]
    assert not {*said["200"]} & {*stock, "Stream Response"}


def test_every_list_is_taken_page_by_page() -> None:
    document, lists = json.loads(DOCUMENT.read_text()), 0
    for (method, path), operation in operations(document).items():
        media = operation["responses"].get("200", {}).get("content", {})
        reference = media.get("application/json", {}).get("schema", {}).get("$ref", "")
        schema = document["components"]["schemas"].get(reference.rpartition("/")[2], {})
        if method == "GET" and "next_cursor" in schema.get("properties", {}):
            names = {parameter["name"] for parameter in operation.get("parameters", ())}
            assert {"limit", "cursor"} <= names, path
            lists += 1
    assert lists > 10


def test_no_schema_is_named_after_its_service_because_another_has_its_name() -> None:
    names = set(json.loads(DOCUMENT.read_text())["components"]["schemas"])
    prefixes = [service.capitalize() for service in SERVICES]
    assert not [
        name for name in names for prefix in prefixes if name.removeprefix(prefix) in names - {name}
    ]


def test_every_body_and_parameter_of_the_api_has_an_example_that_fits() -> None:
    document = json.loads(DOCUMENT.read_text())

    def check(media: dict[str, Any]) -> int:
        if media["schema"] == {"type": "string", "format": "binary"}:
            return 1
        examples = (
            [media["example"]]
            if "example" in media
            else [e["value"] for e in media.get("examples", {}).values()]
        )
        for value in examples:
            schema = {**media["schema"], "components": document["components"]}
            jsonschema.Draft202012Validator(
                schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
            ).validate(value)
        return len(examples)

    for operation in operations(document).values():
        contents = [r["content"] for r in operation["responses"].values() if "content" in r]
        if "requestBody" in operation:
            contents.append(operation["requestBody"]["content"])
        assert all(check(media) for content in contents for media in content.values())
        # An invented cursor would be refused.
        described = [p for p in operation.get("parameters", ()) if p.get("name") != "cursor"]
        assert all(check(parameter) for parameter in described), operation["operationId"]


def test_every_example_is_of_a_schema_operation_or_parameter_that_exists() -> None:
    document = json.loads(DOCUMENT.read_text())
    known = operations(document)
    assert BY_SCHEMA.keys() <= document["components"]["schemas"].keys()
    assert BY_OPERATION.keys() <= {f"{method} {path}" for method, path in known}
    named = {p["name"] for operation in known.values() for p in operation.get("parameters", ())}
    assert PARAMETERS.keys() <= named


def test_what_clients_send_is_closed_and_optional_where_it_is(document: dict[str, Any]) -> None:
    body = operations(document)["POST", "/bookings"]["requestBody"]
    assert body["required"] is False
    assert body["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/NewBooking"
    }
    assert document["components"]["schemas"]["NewBooking"]["additionalProperties"] is False
    assert "additionalProperties" not in document["components"]["schemas"]["Booking"]


def test_parameters_are_plain(document: dict[str, Any]) -> None:
    parameters = {p["name"]: p for p in operations(document)["GET", "/bookings/me"]["parameters"]}
    assert parameters["limit"]["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 100,
        "default": 20,
    }
    assert parameters["cursor"]["schema"] == {
        "type": "string",
        "maxLength": 512,
        "pattern": "^[A-Za-z0-9_-]+$",
    }
    assert parameters["status"]["schema"] == {
        "type": "array",
        "items": {"type": "string", "pattern": "^[^\\u0000]*$"},
        "maxItems": 100,
    }


def test_names_are_readable_and_say_nothing_of_modules(document: dict[str, Any]) -> None:
    assert set(document["components"]["schemas"]) == {
        "Booking",
        "BookingPage",
        "Brand",
        "ClientConfig",
        "Currency",
        "Features",
        "FieldError",
        "NewBooking",
        "Problem",
    }


def test_schemas_with_one_name_and_two_meanings_get_different_names() -> None:
    def described(path: str, field: str) -> dict[str, Any]:
        schema = {"type": "object", "title": "Item", "properties": {field: {"type": "string"}}}
        items = {"type": "array", "title": "Items", "items": {"$ref": "#/components/schemas/Item"}}
        reference = {"$ref": "#/components/schemas/Items"}
        responses = {
            "200": {"description": "", "content": {"application/json": {"schema": reference}}}
        }
        return {
            "paths": {path: {"get": {"responses": responses}}},
            "components": {"schemas": {"Item": schema, "Items": items}},
        }

    merged = merge(
        {"identity": described("/users/me", "a"), "booking": described("/bookings/me", "b"),
         "payments": described("/payments/history", "a")}
    )  # fmt: skip
    schemas = merged["components"]["schemas"]
    assert {"Item", "Items", "BookingItem", "BookingItems"} <= schemas.keys()
    assert not [name for name in schemas if name.startswith("Payments")], (
        "the same thing needs no second name"
    )
    assert schemas["BookingItems"]["items"] == {"$ref": "#/components/schemas/BookingItem"}


def test_page_shows_every_operation_and_runs_no_script(document: dict[str, Any]) -> None:
    text = page(document).decode()
    for _, path in operations(document):
        assert f"<code>{path}</code>" in text
    assert "<script" not in text
    assert "slot_unavailable" in text
    hostile = merge(
        {
            "booking": json.loads(
                json.dumps(service_document()).replace("Ask for a slot", "<img onerror=x>")
            )
        }
    )
    assert "<img" not in page(hostile).decode()


async def test_document_is_served_whatever_is_up(open_gateway: Open) -> None:
    gateway = await open_gateway(payments_url="http://127.0.0.1:1")
    response = await gateway.http.get("/openapi.json")
    assert response.headers["content-type"] == "application/json"
    assert response.json() == json.loads(DOCUMENT.read_text())
    etag = response.headers["etag"]
    again = await gateway.http.get("/openapi.json", headers={"if-none-match": etag})
    assert again.status_code == 304
    docs = await gateway.http.get("/docs")
    assert docs.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src" not in docs.headers["content-security-policy"]
    assert "accept_booking" in docs.text


def test_document_that_is_served_is_valid_and_names_its_operations_well() -> None:
    document = json.loads(DOCUMENT.read_text())
    schemathesis.openapi.from_dict(document).validate()
    for (method, path), operation in operations(document).items():
        expected = OPERATION_IDS.get(f"{method} {path}", "get_config")
        assert operation["operationId"] == expected
        assert operation["summary"]
        for status, response in operation["responses"].items():
            if status >= "400":
                codes = response["x-problem-codes"]
                assert codes
                examples = response["content"]["application/problem+json"]["examples"]
                assert list(examples) == codes


def test_every_operation_has_a_name_of_its_own_that_makes_a_method() -> None:
    assert set(OPERATION_IDS) == {f"{route.method} {route.path}" for route in ROUTES}
    assert len(set(OPERATION_IDS.values())) == len(OPERATION_IDS)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in OPERATION_IDS.values())


async def test_events_are_described(open_gateway: Open) -> None:
    gateway = await open_gateway()
    events = (await gateway.http.get("/asyncapi.json")).json()
    assert events["asyncapi"] == "3.0.0"
    assert events["channels"]["booking.accepted.v1"]["x-consumers"] == [
        "payments",
        "notifications",
    ]
