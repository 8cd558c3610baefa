"""The only place where exceptions become error responses: the framework's exception handler."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    InternalServerException,
    ValidationException,
)

from shared.database_errors import is_database_unavailable
from shared.field_messages import conversion_error
from shared.problems import (
    MEDIA_TYPE,
    FieldError,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from shared.telemetry import log, request_context

# Litestar has no exception of its own for an upload that is cut off: it is a server error to it.
CLIENT_LEFT = "client disconnected prematurely"


def problem_from(error: Exception) -> Problem:
    """`error` as a Problem: a Problem unchanged, framework errors translated, anything else a
    generic 500 or 503.
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationException):
        return ValidationFailed([_field_error(e) for e in _extra(error)])
    if isinstance(error, InternalServerException) and error.detail == CLIENT_LEFT:
        log.info("client left while it sent its request")
        return ValidationFailed([FieldError("body", "is incomplete")])
    if isinstance(error, HTTPException):
        return _from_http(error)
    if isinstance(error, ExceptionGroup):
        return problem_from(error.exceptions[0])  # raised while the transaction was ending
    if is_database_unavailable(error):
        log.warning("database unavailable", reason=type(error).__name__)
        return Unavailable()
    log.error("unexpected error", exc_info=error)
    return Problem()


def _from_http(error: HTTPException) -> Problem:
    if error.status_code == 404:
        return NotFound()
    if error.status_code == 405:
        return MethodNotAllowed(headers=error.headers)
    if error.status_code == 413:
        return TooLarge()
    if error.status_code == 415:
        return UnsupportedMediaType()
    if 400 <= error.status_code < 500:
        return ValidationFailed([FieldError("request", _short(error.detail or "is malformed"))])
    log.error("unexpected error", exc_info=error)
    return Problem()


def _extra(error: ValidationException) -> list[dict[str, str]]:
    extra = error.extra
    return list(extra) if isinstance(extra, list) and extra else [{"message": str(error.detail)}]


def _field_error(extra: dict[str, str]) -> FieldError:
    # The handler's name for a parameter that is a Python keyword: `from_` for `from`.
    field, message = extra.get("key", "body").rstrip("_"), extra["message"]
    if message == f"'{field}'":  # a KeyError: the value is missing
        return FieldError("body" if field == "data" else field, "is required")
    return FieldError(field, conversion_error(message))


def _short(message: str) -> str:
    return message.replace("`", "")[:200]


def handle_exception(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The exception handler."""
    problem = problem_from(error)
    return Response(
        problem.body(request_context.get().request_id),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=dict(problem.headers),
    )
