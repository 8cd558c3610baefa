"""Problems of the gateway itself, in addition to the shared ones."""

from __future__ import annotations

from collections.abc import Mapping

from shared.problems import (
    Forbidden,
    MethodNotAllowed,
    NotFound,
    Problem,
    RateLimited,
    RequestTimeout,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)


class UriTooLong(Problem):
    """The request's target is too long."""

    code = "uri_too_long"
    status = 414
    detail = "The address is longer than 8 KiB."


class HeadersTooLarge(Problem):
    """The header fields are too long or too many."""

    code = "headers_too_large"
    status = 431
    detail = "A header is longer than 8 KiB, or there are too many."


class UpstreamTimeout(Problem):
    """A service did not respond in time."""

    code = "upstream_timeout"
    status = 504
    detail = (
        "This part of the service did not respond in time. It is not known whether the request"
        " took effect."
    )


class Refused(Problem):
    """A service rejected a request without a problem+json; its text is not for clients."""

    code = "bad_request"
    status = 400
    detail = "The request is not valid."


_BY_STATUS: Mapping[int, type[Problem]] = {
    problem.status: problem
    for problem in (
        Refused,
        Unauthenticated,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        RequestTimeout,
        TooLarge,
        UnsupportedMediaType,
        HeadersTooLarge,
        RateLimited,
        Unavailable,
        UpstreamTimeout,
    )
}


def generic_problem(status: int) -> Problem:
    """The problem for a service's error that is not problem+json, whose text is not passed on."""
    return _BY_STATUS.get(status, Refused if status < 500 else Problem)()
