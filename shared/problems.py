"""Errors are classes with a stable code and a status; they are rendered here as RFC 9457
problem+json.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

import msgspec

from shared.field_codes import UNSPECIFIC, code_of
from shared.field_messages import as_sentence

MEDIA_TYPE = "application/problem+json"
TYPE_ROOT = "https://consultant-connect.dev/problems/"


class FieldError(msgspec.Struct, frozen=True, omit_defaults=True):
    """One invalid input: `field` is its path as the client wrote it (`slots[0].end_time`),
    `message` what it must be, as a sentence. `code` and `params` say the same for clients that
    render their own messages; they are absent if only the message describes the error.
    """

    field: str
    message: str
    code: str = UNSPECIFIC
    params: dict[str, float] = {}


class ProblemBody(msgspec.Struct, frozen=True, omit_defaults=True, rename={"type_": "type"}):
    """An error as the client sees it (RFC 9457). `code` is stable; `detail` is for people."""

    type_: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str | None = None
    errors: list[FieldError] | None = None


class Problem(Exception):
    """An error that ends a request. Subclasses set `code`, `status` and `detail`, which must not
    contain internal information.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    detail: str = "Something went wrong on our side. The error has been logged."
    headers: Mapping[str, str] = {}
    errors: list[FieldError] | None = None

    def __init__(
        self, detail: str | None = None, *, headers: Mapping[str, str] | None = None
    ) -> None:
        self.detail = detail or type(self).detail
        self.headers = headers or type(self).headers
        super().__init__(self.detail)

    def body(self, request_id: str | None) -> bytes:
        """This problem as JSON, for one request."""
        return msgspec.json.encode(
            ProblemBody(
                type_=TYPE_ROOT + self.code,
                title=HTTPStatus(self.status).phrase,
                status=self.status,
                code=self.code,
                detail=self.detail,
                request_id=request_id,
                errors=self.errors and [_coded(error) for error in self.errors],
            )
        )


def _coded(error: FieldError) -> FieldError:
    code, params = code_of(error.message)
    return FieldError(error.field, as_sentence(error.message), code, params)


class ValidationFailed(Problem):
    """The input is invalid; `errors` lists every invalid field."""

    code = "validation_failed"
    status = 400
    detail = "Some of the input is not valid."

    def __init__(self, errors: list[FieldError], detail: str | None = None) -> None:
        super().__init__(
            detail or f"Not valid: {', '.join(dict.fromkeys(e.field for e in errors))}."
        )
        self.errors = errors


class Unauthenticated(Problem):
    """There is no valid access token."""

    code = "unauthenticated"
    status = 401
    detail = "Sign in first: a valid access token is required."
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


class Forbidden(Problem):
    """The role is not allowed to do this."""

    code = "forbidden"
    status = 403
    detail = "Your role does not allow this."


class AccountClosed(Forbidden):
    """An access token outlives its account by minutes: nothing can be changed with it."""

    detail = "This account is closed."


class NotFound(Problem):
    """The resource does not exist, or belongs to somebody else."""

    code = "not_found"
    status = 404
    detail = "It does not exist, or you may not see it."


class MethodNotAllowed(Problem):
    """The path does not support this method."""

    code = "method_not_allowed"
    status = 405
    detail = "This path does not support that method."


class RequestTimeout(Problem):
    """The request was not sent in time."""

    code = "request_timeout"
    status = 408
    detail = "The request did not arrive in time."


class TooLarge(Problem):
    """The body is too large."""

    code = "content_too_large"
    status = 413
    detail = "The body is larger than 1 MiB."


class UnsupportedMediaType(Problem):
    """The body has an unsupported media type."""

    code = "unsupported_media_type"
    status = 415
    detail = "The body must be application/json in UTF-8."


class IdempotencyKeyReused(Problem):
    """The key was used for a different request."""

    code = "idempotency_key_reused"
    status = 422
    detail = "This Idempotency-Key was used before with another request."


class RateLimited(Problem):
    """The caller has sent more requests than `policy` allows: `quota` in `window` seconds or,
    without a window, at once. They may try again after `seconds`.
    """

    code = "rate_limited"
    status = 429
    detail = "Too many requests. Try again later."

    def __init__(
        self,
        policy: str,
        *,
        quota: int,
        seconds: int,
        window: int | None = None,
        detail: str | None = None,
    ) -> None:
        per_window = f";w={window}" if window is not None else ""
        super().__init__(
            detail,
            headers={
                "Retry-After": str(seconds),
                "RateLimit-Policy": f'"{policy}";q={quota}{per_window}',
                "RateLimit": f'"{policy}";r=0;t={seconds}',
            },
        )


class Unavailable(Problem):
    """A dependency does not respond; the request may be retried later."""

    code = "service_unavailable"
    status = 503
    detail = "This part of the service is temporarily unavailable. Try again shortly."
    headers: Mapping[str, str] = {"Retry-After": "2"}
