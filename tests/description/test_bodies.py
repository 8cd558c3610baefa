"""Services accept exactly the bodies that the description allows."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.routes import ROUTES, Route
from tests.description.bodies import changed, completed, places, valid_body, without
from tests.description.boundary_values import resolved, values
from tests.description.caller import Caller
from tests.description.document import body_example, body_schema, name_of, schemas, shown, validator
from tests.description.services import CONSULTANT, Services

WITH_BODY = [route for route in ROUTES if body_schema(route) is not None]


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


@pytest.mark.parametrize("route", WITH_BODY, ids=name_of)
async def test_the_example_of_a_body_is_taken(services: Services, route: Route) -> None:
    """Apart from errors that depend on the time, or on what is stored."""
    caller = Caller(route, await services(route.upstream))
    answer = await caller.ask(body=body_example(route))
    assert caller.judge(answer, allowed=True, name="the example") is None


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
