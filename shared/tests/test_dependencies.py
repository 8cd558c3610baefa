"""Dependencies of a request are resolved one after the other, and a transaction last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar, get
from litestar.di import NamedDependency, Provide
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from shared.dependencies import resolve_in_turn

Value = NamedDependency[str]


@pytest.fixture
def order() -> list[tuple[str, Any]]:
    """What was resolved, and the task in which it was."""
    return []


@pytest.fixture
def application(order: list[tuple[str, Any]]) -> Litestar:
    def note(name: str) -> str:
        order.append((name, asyncio.current_task()))
        return name

    def provide(name: str) -> Provide:
        return Provide(lambda: note(name), sync_to_thread=False)

    async def provide_transaction() -> AsyncIterator[str]:
        yield note("a transaction")
        order.append(("its end", None))

    async def provide_dependent(second: Value) -> str:
        return note(f"after {second}")

    @get("/")
    async def handler(a: Value, first: Value, second: Value, third: Value) -> list[str]:
        note("handler")
        return [a, first, second, third]

    return Litestar(
        [handler],
        dependencies={
            "a": Provide(provide_transaction),
            "first": provide("first"),
            "second": provide("second"),
            "third": Provide(provide_dependent),
        },
    )


def test_a_transaction_is_last_of_what_could_be_resolved_at_the_same_time(
    application: Litestar, order: list[tuple[str, Any]]
) -> None:
    resolve_in_turn(application)
    with TestClient(application) as client:
        assert client.get("/").json() == ["a transaction", "first", "second", "after second"]
    assert [name for name, _ in order] == [
        "first",
        "second",
        "a transaction",
        "after second",
        "handler",
        "its end",
    ]


def test_nothing_is_resolved_in_a_task_of_its_own(
    application: Litestar, order: list[tuple[str, Any]]
) -> None:
    resolve_in_turn(application)
    with TestClient(application) as client:
        client.get("/")
    *_, (_, of_handler), _ = order
    assert {task for _, task in order[:-1]} == {of_handler}


def test_what_litestar_does_by_itself_is_still_to_be_avoided(
    application: Litestar, order: list[tuple[str, Any]]
) -> None:
    with TestClient(application) as client:
        client.get("/")
    assert len({task for _, task in order[:-1]}) > 1


def test_every_handler_of_an_application_is_covered(application: Litestar) -> None:
    resolve_in_turn(application)
    batches = [
        batch
        for route in application.routes
        if isinstance(route, HTTPRoute)
        for _, arguments in route.route_handler_map.values()
        for batch in arguments.dependency_batches
    ]
    assert len(batches) == 4
    assert {len(batch) for batch in batches} == {1}
