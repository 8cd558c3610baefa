"""Query parameters are accepted as they are described."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.routes import ROUTES, Route
from tests.description.boundary_values import resolved, texts
from tests.description.caller import Caller
from tests.description.document import name_of, query_parameters, schemas, shown, validator
from tests.description.services import Services


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
