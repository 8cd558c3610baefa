"""All errors of a query are reported at once, and only canonical notation is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

import pytest
from litestar import Litestar, get
from litestar.params import QueryParameter
from litestar.testing import TestClient

from shared.error_handler import handle_exception
from shared.fields import Instant
from shared.paging import Cursor, Limit, encode_cursor
from shared.query import parameters_of, reject_invalid_query


@get("/things", sync_to_thread=False)
def things(
    need: Annotated[str, QueryParameter(max_length=3)],
    limit: Limit = 20,
    cursor: Cursor = None,
    at: Annotated[Instant | None, QueryParameter()] = None,
    rate: Annotated[float | None, QueryParameter(ge=0, le=5)] = None,
    tag: Annotated[
        list[Annotated[str, QueryParameter(max_length=4)]] | None, QueryParameter(max_items=3)
    ] = None,
    wide: Annotated[bool | None, QueryParameter()] = None,
    one: Annotated[UUID | None, QueryParameter(name="id")] = None,
) -> dict[str, Any]:
    return {"limit": limit, "at": at, "rate": rate, "tag": tag, "wide": wide, "one": one}


def application() -> Litestar:
    return Litestar(
        [things],
        before_request=reject_invalid_query,
        exception_handlers={Exception: handle_exception},
        openapi_config=None,
    )


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with TestClient(application()) as client:
        yield client


def errors(answer: Any) -> list[str]:
    assert answer.status_code == 400, answer.text
    return [error["field"] for error in answer.json()["errors"]]


def test_every_fault_is_named_at_once(client: Any) -> None:
    answer = client.get(
        "/things?limit=0&cursor=forged&at=1765357200&rate=6&tag=longer&tag=ok&wide=yes&id=7"
    )
    assert sorted(errors(answer)) == ["at", "cursor", "id", "limit", "need", "rate", "tag", "wide"]


def test_good_values_reach_the_handler(client: Any) -> None:
    cursor = encode_cursor([1], "things")
    answer = client.get(
        "/things?need=x&limit=5&at=2026-12-01T10:00:00%2B01:00&rate=4.5&tag=a&tag=b&wide=true"
        f"&id=019a4a5e-2c00-7c31-9d5e-3f1a2b4c5d6e&cursor={cursor}"
    )
    assert answer.status_code == 200, answer.text
    assert answer.json() | {"at": None} == {
        "limit": 5,
        "at": None,
        "rate": 4.5,
        "tag": ["a", "b"],
        "wide": True,
        "one": "019a4a5e-2c00-7c31-9d5e-3f1a2b4c5d6e",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "1e2"),
        ("limit", "1.0"),
        ("limit", "+5"),
        ("limit", "05"),
        ("limit", " 5"),
        ("limit", "5_0"),
        ("limit", ""),
        ("limit", "99999999999999999999"),
        ("rate", "1e"),
        ("rate", "1e400"),
        ("rate", "01"),
        ("rate", "nan"),
        ("rate", "inf"),
        ("rate", ".5"),
        ("at", "2026-12-01T09:00:00+0530"),
        ("at", "2026-12-01"),
        ("at", "1765357200"),
        ("at", "3026-12-01T09:00:00Z"),
        ("wide", "yes"),
        ("wide", "True"),
        ("id", "{019a4a5e-2c00-7c31-9d5e-3f1a2b4c5d6e}"),
        ("id", "019a4a5e2c007c319d5e3f1a2b4c5d6e"),
        ("tag", "\0"),
        ("cursor", "A" * 4000),
        ("cursor", ""),
    ],
)
def test_what_is_not_written_plainly_is_refused(client: Any, name: Any, value: Any) -> None:
    assert errors(client.get("/things", params={"need": "x", name: value})) == [name]


@pytest.mark.parametrize(("text", "rate"), [("1e0", 1.0), ("45E-1", 4.5), ("0.0", 0), ("-0", 0)])
def test_a_number_is_written_as_in_json(client: Any, text: str, rate: float) -> None:
    answer = client.get("/things", params={"need": "x", "rate": text})
    assert (answer.status_code, answer.json()["rate"]) == (200, rate)


def test_a_parameter_that_repeats_too_often_is_refused(client: Any) -> None:
    assert errors(client.get("/things?need=x&tag=a&tag=b&tag=c&tag=d")) == ["tag"]


def test_parameters_are_kept_by_function_not_by_application() -> None:
    def handler() -> Any:
        (route,) = [route for route in application().routes if route.path == "/things"]
        return next(one for one in getattr(route, "route_handlers", ()) if one.name is None)

    assert parameters_of(handler()) is parameters_of(handler())
