"""What the gateway adds to a service's description of an operation: who may call it, and all
possible errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from gateway.errors import HeadersTooLarge, UpstreamTimeout, UriTooLong
from gateway.examples.finding import json_content, other_content
from gateway.operation_ids import OPERATION_IDS
from gateway.parameters import (
    HEADERS,
    IDEMPOTENCY_KEY,
    STRIPE_SIGNATURE,
    parameter_of,
    without_null,
)
from gateway.routes import FORMS, IMAGES, Route
from shared.field_messages import as_sentence
from shared.problems import (
    MEDIA_TYPE,
    TYPE_ROOT,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    Problem,
    RateLimited,
    RequestTimeout,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)

Node = dict[str, Any]
# The key in the services' documents; in the merged document it lists the codes only.
PROBLEM_CODES = "x-problem-codes"

# The only form: that of the unsubscribe page and of mail programs' unsubscribe buttons (RFC 8058).
_ONE_CLICK = {
    "type": "object",
    "properties": {
        "List-Unsubscribe": {"type": "string", "description": "Sent by mail programs."},
        "all": {"type": "string", "description": "`1`: switch off all optional mails."},
    },
}
NULL: Node = {"type": "null"}
PROBLEM = {"$ref": "#/components/schemas/Problem"}
_WHO = {
    "anyone": "Anyone may call it.",
    "signed_in": "Requires signing in.",
    "seeker": "For seekers.",
    "consultant": "For consultants.",
}
# In place of Litestar's own descriptions, such as "Document created, URL follows".
_SUCCESS = {
    "200": "Success.",
    "201": "Created.",
    "202": "Accepted.",
    "204": "Done; there is no content.",
}


# Operations that can safely be repeated without a key.
REPEATABLE = ("/presence", "/signals", "/refresh")


def problems_of(route: Route, *, idempotent: bool) -> list[type[Problem]]:
    """The problems that the gateway can return, and those common to all services."""
    reads = route.method == "GET"
    return [
        ValidationFailed,  # an address can be malformed even without parameters
        *([Unauthenticated] if route.who != "anyone" else []),
        *([Forbidden] if route.who in ("seeker", "consultant") else []),
        *([NotFound] if "{" in route.path else []),
        *([] if reads else [RequestTimeout, TooLarge]),
        UriTooLong,
        *([] if reads or route.body == "raw" else [UnsupportedMediaType]),
        *([IdempotencyKeyReused] if idempotent else []),
        *([RateLimited] if route.limited else []),
        HeadersTooLarge,
        Unavailable,
        UpstreamTimeout,
    ]


def complete(route: Route, operation: Node) -> Node:
    """`operation` as seen by clients of the gateway."""
    in_path = iter(re.findall(r"\{(\w+)\}", route.path))
    parameters = [
        parameter_of(parameter, next(in_path) if parameter["in"] == "path" else parameter["name"])
        for parameter in operation.get("parameters", ())
    ]
    responses: Node = operation.get("responses", {})
    idempotent = "422" in responses or (
        route.method == "POST"
        and route.who != "anyone"
        and route.upstream in ("booking", "payments")
        and not route.path.endswith(REPEATABLE)
    )
    names = {str(p["name"]).lower() for p in parameters}
    if idempotent and "idempotency-key" not in names:
        parameters.append(IDEMPOTENCY_KEY)
    if route.body == "raw" and "stripe-signature" not in names:
        parameters.append(STRIPE_SIGNATURE)
    body = _body(route, operation.get("requestBody"))
    done: Node = {
        "tags": [route.upstream.capitalize()],
        "summary": operation.get("summary") or f"{route.method} {route.path}",
        "description": " ".join(filter(None, (operation.get("description"), _WHO[route.who]))),
        "operationId": _operation_id(route),
        "security": [] if route.who == "anyone" else [{"bearerAuth": []}],
    }
    if parameters:
        done["parameters"] = parameters
    if body is not None:
        done["requestBody"] = body
    done["responses"] = _responses(route, responses, problems_of(route, idempotent=idempotent))
    return done


def _operation_id(route: Route) -> str:
    """Raises LookupError if the route has no name yet."""
    call = f"{route.method} {route.path}"
    if call not in OPERATION_IDS:
        raise LookupError(f"{call} has no operationId: add a row to gateway/operation_ids.py")
    return OPERATION_IDS[call]


def _body(route: Route, body: Node | None) -> Node | None:
    if route.body == "raw":
        event = {
            "id": "evt_1SVx2kQ4mD8nTz3f",
            "object": "event",
            "type": "payment_intent.succeeded",
        }
        media = {"schema": {"type": "object", "description": "A Stripe event."}, "example": event}
        return {"required": True, "content": {"application/json": media}}
    if route.body == "form":
        form: Node = {"schema": _ONE_CLICK, "example": {"List-Unsubscribe": "One-Click"}}
        return {"required": False, "content": {kind.decode(): form for kind in FORMS}}
    if route.body == "image":
        picture = {"schema": {"type": "string", "format": "binary"}}
        return {"required": True, "content": {kind.decode(): picture for kind in IMAGES}}
    if body is None or route.body == "none":
        return None
    schema = next(iter(body["content"].values()))["schema"]
    solid = without_null(schema)
    content = {"application/json": json_content(solid)}
    return {"required": solid == schema, "content": content}


# ---- responses


def _responses(route: Route, given: Node, problems: list[type[Problem]]) -> Node:
    made: Node = {}
    described = {
        str(status): response for status, response in given.items() if not _is_default(response)
    }
    ours: dict[str, list[type[Problem]]] = {}
    for problem in problems:
        ours.setdefault(str(problem.status), []).append(problem)
    for status in sorted({*described, *ours}):
        if status < "400":
            made[status] = _success(route, status, described[status])
        else:
            texts = _texts(described.get(status, {}), ours.get(status, ()))
            made[status] = _failure(int(status), texts or {"internal_error": (Problem.detail,)})
    return made


def _texts(response: Node, ours: Sequence[type[Problem]]) -> dict[str, tuple[str, ...]]:
    """What the problems of a response mean, by code. A service says it more exactly than the
    gateway, but has other reasons to forbid something than the role.
    """
    texts: dict[str, tuple[str, ...]] = {
        code: (text,) for code, text in response.get(PROBLEM_CODES, {}).items()
    }
    for problem in ours:
        if problem.code not in texts or problem is Forbidden:
            texts[problem.code] = (problem.detail, *texts.get(problem.code, ()))
    return texts


def _is_default(response: Node) -> bool:
    """Litestar's own description of its 400, which `shared.problems` replaces."""
    return str(response.get("description", "")).startswith("Bad request syntax")


def _success(route: Route, status: str, response: Node) -> Node:
    made: Node = {
        "description": _description(status, response.get("description", "")),
        "headers": {**response.get("headers", {}), "X-Request-ID": _header("X-Request-ID")},
    }
    content = {
        media_type: _content(route, media_type, media.get("schema", {}))
        for media_type, media in response.get("content", {}).items()
        if media.get("schema") != NULL
    }
    if not content and status == "202":  # Litestar writes None as null, unlike for a 204
        content = {"application/json": {"schema": NULL, "example": None}}
    if content:
        made["content"] = content
    return made


def _description(status: str, given: str) -> str:
    """The handler's description of a success, or a plain one in place of Litestar's own."""
    if given in ("", HTTPStatus(int(status)).description):
        return _SUCCESS.get(status, "Done.")
    return given


def _content(route: Route, media_type: str, schema: Node) -> Node:
    if media_type == "application/json":
        return json_content(schema, f"{route.method} {route.path}")
    return other_content(media_type)


def failure(problem: type[Problem]) -> Node:
    """The response for exactly this problem."""
    return _failure(problem.status, {problem.code: (problem.detail,)})


def _failure(status: int, texts: Mapping[str, Sequence[str]]) -> Node:
    headers = ["X-Request-ID"]
    headers += {
        401: ["WWW-Authenticate"],
        429: ["Retry-After", "RateLimit", "RateLimit-Policy"],
    }.get(status, [])
    headers += ["Retry-After"] if status == 503 else []
    examples = {
        code: {"value": _problem(status, code, reasons[0])} for code, reasons in texts.items()
    }
    return {
        "description": "; ".join(
            f"`{code}`: {reason}" for code, reasons in texts.items() for reason in reasons
        ),
        PROBLEM_CODES: list(texts),
        "headers": {name: _header(name) for name in headers},
        "content": {MEDIA_TYPE: {"schema": PROBLEM, "examples": examples}},
    }


def _header(name: str) -> Node:
    return {"$ref": f"#/components/headers/{name}"}


def _problem(status: int, code: str, detail: str) -> Node:
    made: Node = {
        "type": TYPE_ROOT + code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": HEADERS["X-Request-ID"]["example"],
    }
    if code == ValidationFailed.code:
        message = as_sentence("must be after start_time")
        made["errors"] = [{"field": "slots[0].end_time", "message": message}]
    return made
