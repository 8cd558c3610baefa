"""The merged OpenAPI document is correct: every response is documented, and no input causes
a 500.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok

from gateway.routes import ROUTES
from shared.events import CATALOGUE
from tests.people import World, confirmed
from tests.stack import Stack

# Logging out, or changing the password, would end the session used by the other operations.
ENDING = ("/users/logout", "/users/me/password", "/users/me/sessions/{session_id}")
ENDLESS = tuple(route.path for route in ROUTES if route.stream)
METHODS = ("get", "put", "post", "delete", "patch")
# Checks of every response. test_who_may.py checks authentication by role.
WANTED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@pytest.fixture(scope="module")
async def document(world: World) -> Any:
    """The merged document."""
    answer = await world.http.get("/openapi.json")
    assert answer.status_code == 200
    return json.loads(answer.content)


@pytest.fixture(scope="module")
async def people(world: World) -> Any:
    """Two users with data, so that not every response is a 404."""
    consultant, seeker = await world.consultant(), await world.seeker()
    await confirmed(seeker, consultant)
    return {"seeker": seeker, "consultant": consultant}


def operations(document: Any) -> Iterator[Any]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


def test_it_is_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_has_its_errors_and_examples(document: Any) -> None:
    for name, operation in operations(document):
        responses = operation["responses"]
        assert operation.get("summary"), name
        if operation.get("security"):
            assert {"401", "429"} <= set(responses), name
        for status, response in responses.items():
            if int(status) >= 400:
                assert "application/problem+json" in response["content"], f"{name} {status}"
        if "requestBody" in operation:
            media = operation["requestBody"]["content"]
            assert all(
                "example" in m or "examples" in m or "examples" in str(m["schema"])
                for kind, m in media.items()
                if not kind.startswith("image/")
            ), name


def test_the_asyncapi_document_names_every_event(world_get: Any) -> None:
    text = world_get("/asyncapi.json").text
    assert json.loads(text)["asyncapi"].startswith("3.")
    assert all(event.TYPE in text for event in CATALOGUE)


def test_the_documentation_page_shows_the_api(world_get: Any) -> None:
    answer = world_get("/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "/bookings/{booking_id}/accept" in answer.text


@pytest.fixture
def world_get(stack: Stack) -> Any:
    """A plain GET from the gateway."""
    return lambda path: httpx.get(stack.url + path, timeout=20)


@pytest.mark.parametrize("role", ["seeker", "consultant"])
def test_no_request_finds_a_500_or_an_undocumented_answer(
    stack: Stack, document: Any, people: Any, role: Any
) -> None:
    schema = schemathesis.openapi.from_dict(document)
    schema.config.base_url = stack.url
    wanted = [CHECKS.get_one(name) for name in WANTED]
    token = people[role].token
    found: list[str] = []

    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        if operation.path in ENDING or operation.path in ENDLESS:
            continue

        @settings(
            max_examples=25,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def probe(case: Any) -> None:
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            case.validate_response(response, checks=wanted)

        try:
            probe()
        except BaseExceptionGroup as group:
            found += [f"{operation.label}: {error}" for error in group.exceptions]
        except AssertionError as error:
            found.append(f"{operation.label}: {error}")
    assert not found, "\n\n".join(found)[:5000]
