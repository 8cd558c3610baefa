"""How a service describes itself: `GET /openapi.json`, with every error that its operations can
answer.
"""

from __future__ import annotations

from collections.abc import Mapping

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin

from shared.problems import Problem, ProblemBody

document = JsonRenderPlugin(path="/openapi.json")


def errors(*problems: type[Problem]) -> Mapping[int, ResponseSpec]:
    """The `responses` of a handler that can answer these problems, by status, each naming its
    codes. What every operation can answer (400, 401, 403, 413, 415, 429, 503) is added by the
    gateway, which knows who may call it.
    """
    by_status: dict[int, list[type[Problem]]] = {}
    for problem in problems:
        by_status.setdefault(problem.status, []).append(problem)
    return {
        status: ResponseSpec(
            data_container=ProblemBody,
            description="; ".join(f"`{p.code}`: {p.detail}" for p in group),
            generate_examples=False,
        )
        for status, group in by_status.items()
    }
