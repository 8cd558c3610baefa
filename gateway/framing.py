"""Checks that a request's head is unambiguous, so that every program on its way parses the same
request.

Request smuggling relies on two programs parsing one request differently (RFC 9112 §11.2): anything
ambiguous is rejected, and the connection is closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from gateway.errors import HeadersTooLarge
from shared.problems import FieldError, ValidationFailed

Scope = MutableMapping[str, Any]

ONCE = "must be given once"
# A registered name, an IPv4 address or a bracketed IPv6 one, and a port.
_HOST = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+,;=-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_LENGTH = re.compile(rb"[0-9]{1,18}")
# Headers of which different programs might use a different one if they are repeated.
SINGLE = frozenset(
    (b"host", b"authorization", b"content-length", b"content-type", b"transfer-encoding")
)
CLOSE = {"Connection": "close"}


class MalformedRequest(ValidationFailed):
    """An ambiguous head or body; the response closes the connection."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(errors)
        self.headers = CLOSE


def check_framing(scope: Scope, single: Mapping[bytes, bytes], doubled: Iterable[bytes]) -> None:
    """Raises MalformedRequest, naming the headers that are missing, repeated or malformed, and
    HeadersTooLarge. `single` has the headers of SINGLE with their values, `doubled` those that
    occur more than once. If the parser could not read the request at all, its reason is given.
    """
    _check_parsed(scope)
    is_http_1_0 = scope["http_version"] == "1.0"
    errors = {_shown(name): ONCE for name in doubled}
    _check_host(single.get(b"host"), errors, required=not is_http_1_0)
    length, coding = single.get(b"content-length"), single.get(b"transfer-encoding")
    if length is not None and _LENGTH.fullmatch(length) is None:
        errors.setdefault("Content-Length", "must be a number in digits")
    if coding is not None:
        _check_coding(coding, errors, allowed=not is_http_1_0)
        if length is not None:
            errors.setdefault("Content-Length", "must not be combined with Transfer-Encoding")
    if errors:
        raise MalformedRequest([FieldError(name, text) for name, text in errors.items()])


def _check_parsed(scope: Scope) -> None:
    malformed = scope.get("malformed")
    if malformed == "":
        raise HeadersTooLarge(headers=CLOSE)
    if malformed is not None:
        raise MalformedRequest([FieldError("request", f"is not HTTP/1.1: {malformed}")])
    if scope["http_version"] not in ("1.0", "1.1"):
        raise MalformedRequest([FieldError("request", "is not HTTP/1.1")])


def _check_host(host: bytes | None, errors: dict[str, str], *, required: bool) -> None:
    if host is None:
        if required:
            errors["Host"] = "is required"
    elif _HOST.fullmatch(host) is None:
        errors.setdefault("Host", "must be a host name, optionally with a port")


def _check_coding(coding: bytes, errors: dict[str, str], *, allowed: bool) -> None:
    if coding.lower() != b"chunked":
        errors.setdefault("Transfer-Encoding", "must be chunked")
    elif not allowed:
        errors.setdefault("Transfer-Encoding", "must not be used with HTTP/1.0")


def malformed_body(reason: str) -> MalformedRequest:
    """The problem for a body with malformed chunks."""
    return MalformedRequest([FieldError("body", f"is not in chunked coding: {reason}")])


def _shown(name: bytes) -> str:
    return name.decode().title()
