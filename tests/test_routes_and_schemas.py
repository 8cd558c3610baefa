"""Route handlers and schemas look alike in every service: names, paths, and what is returned."""

from __future__ import annotations

import ast
import enum
import importlib
import re
import typing
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from litestar import Router
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from shared.services import SERVICES
from tests.source_code import is_within
from tests.stack import ROOT

# A schema is called what clients call the thing, and says nothing of its part in HTTP.
SUFFIXES = ("Answer", "Body", "Request", "Response", "Schema", "View")


@pytest.mark.parametrize("service", SERVICES)
def test_schemas_and_what_makes_them_have_the_agreed_names(service: str) -> None:
    root = ROOT / "services" / service
    modules = [*root.glob("schemas.py"), *root.glob("schemas/*.py")]
    assert modules
    for module in modules:
        for node in ast.parse(module.read_text()).body:
            if isinstance(node, ast.ClassDef):
                assert not node.name.endswith(SUFFIXES), f"{module.name}: {node.name}"
            elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert node.returns is not None
                made = re.sub(r"(?<!^)(?=[A-Z])", "_", ast.unparse(node.returns)).lower()
                agreed = node.name.endswith("_from_schema") or node.name == f"{made}_schema"
                assert agreed, f"{module.name}: {node.name} makes {made}"


@pytest.mark.parametrize("service", SERVICES)
def test_every_decorator_of_a_handler_shows_the_whole_path(service: str) -> None:
    decorators = [
        (module, decorator)
        for module in (ROOT / "services" / service / "routes").rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
    ]
    assert len(decorators) == len(set(_handlers(service)))
    for module, decorator in decorators:
        match decorator.args:
            case [ast.Constant(value=str(path)), *_] if path.startswith("/"):
                pass
            case _:
                pytest.fail(f"{module.relative_to(ROOT)}:{decorator.lineno} has no path")


@pytest.mark.parametrize("service", SERVICES)
def test_handlers_return_schemas(service: str) -> None:
    """Also within what they return. Enumerations are the domain's."""
    returned = [typing.get_type_hints(handler)["return"] for handler in _handlers(service)]
    assert returned
    assert not {Any, dict} & {typing.get_origin(one) or one for one in returned}
    found = {
        f"{made.__module__}.{made.__qualname__}"
        for one in returned
        for made in _classes_in(one, set())
        if made.__module__.startswith("services.") and not issubclass(made, enum.Enum)
    }
    assert {one for one in found if not is_within(one, {f"services.{service}.schemas"})} == set()


def _handlers(service: str) -> Iterator[Callable[..., Any]]:
    """The service's route handlers, without those that Litestar adds for OPTIONS."""
    routes = importlib.import_module(f"services.{service}.routes").ROUTES
    for route in Router("/", route_handlers=list(routes)).routes:
        assert isinstance(route, HTTPRoute)
        for handler in route.route_handlers:
            assert isinstance(handler, HTTPRouteHandler)
            if handler.fn.__module__.startswith("services."):
                yield handler.fn


def _classes_in(annotation: Any, known: set[type]) -> set[type]:
    """`known` and the classes in an annotation, including those of the fields of Structs."""
    made = typing.get_origin(annotation) or annotation
    if isinstance(made, type) and made not in known:
        known.add(made)
        if issubclass(made, msgspec.Struct):
            for field in typing.get_type_hints(made).values():
                _classes_in(field, known)
    for argument in typing.get_args(annotation):
        _classes_in(argument, known)
    return known
