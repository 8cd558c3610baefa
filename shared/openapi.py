"""A service's OpenAPI document, `GET /openapi.json`, including every error response of its
operations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import HTTPRoute

from shared.problems import Problem, ProblemBody

Node = dict[str, Any]

# The description of each code: read by the gateway, and by the web app's check of its translations.
PROBLEM_CODES = "x-problem-codes"

document = JsonRenderPlugin(path="/openapi.json")


@dataclass
class ProblemSpec(ResponseSpec):
    """The response of one status, and the problems that it can be."""

    problems: tuple[type[Problem], ...] = ()


def errors(*problems: type[Problem]) -> Mapping[int, ResponseSpec]:
    """The `responses` of a handler that can raise these problems, by status, each naming its codes.
    The gateway, which knows who may call an operation, adds the errors that every operation can
    have (400, 401, 403, 413, 415, 429, 503).
    """
    by_status: dict[int, list[type[Problem]]] = {}
    for problem in problems:
        by_status.setdefault(problem.status, []).append(problem)
    return {
        status: ProblemSpec(
            data_container=ProblemBody,
            description="; ".join(f"`{p.code}`: {p.detail}" for p in group),
            generate_examples=False,
            problems=tuple(group),
        )
        for status, group in by_status.items()
    }


def description_of(application: Litestar) -> Node:
    """The service's OpenAPI document, with the problems of each response by code."""
    described: Node = application.openapi_schema.to_schema()
    for path, method, handler in _handlers(application):
        operation = described["paths"].get(path, {}).get(method)
        for status, spec in (handler.responses or {}).items():
            if operation is not None and isinstance(spec, ProblemSpec):
                codes = {problem.code: problem.detail for problem in spec.problems}
                operation["responses"][str(status)][PROBLEM_CODES] = codes
    return described


def _handlers(application: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in application.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    yield route.path_format, method.lower(), handler
