"""A received request: parsed once, validated, and serialised again for a service."""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote_to_bytes

from gateway.errors import HeadersTooLarge, UriTooLong
from gateway.framing import SINGLE, check_framing
from gateway.headers import NOT_PASSED_ON, Fields
from gateway.settings import NO_PROXIES, Network, Proxies
from shared.problems import FieldError, ValidationFailed
from shared.telemetry import valid_request_id, valid_traceparent

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_URL_LENGTH = 8 * 1024
MAX_HEADER_LENGTH = 8 * 1024
# The services' server rejects more than a hundred with a response without a body, and the gateway
# adds some.
MAX_HEADERS = 90

NUL = "must not contain NUL characters"
NOT_UTF8 = "must be UTF-8"
_ESCAPED_SLASH = re.compile(rb"%2f", re.IGNORECASE)
# Ids need to be unique, not secret: no system call for them.
_bits = random.Random(random.SystemRandom().getrandbits(256)).getrandbits  # noqa: S311  # nosec B311 # ids that need to be unique only


# Around a value; not part of it (RFC 9110 §5.5).
_BLANKS = b" \t"
_READ = frozenset(
    (b"accept", b"accept-encoding", b"authorization", b"host", b"content-type", b"content-encoding",
     b"content-length", b"sec-fetch-mode", b"if-none-match", b"origin", b"expect", b"connection",
     b"access-control-request-method", b"transfer-encoding", b"x-request-id", b"traceparent",
     b"x-forwarded-for", b"x-forwarded-proto")
)  # fmt: skip
# Headers with a list value may occur several times (RFC 9110 §5.3).
_LISTS = frozenset(
    (b"accept", b"accept-encoding", b"content-encoding", b"if-none-match", b"connection",
     b"x-forwarded-for")
)  # fmt: skip


class Request:
    """A parsed request. Header values are bytes as received, None if absent."""

    __slots__ = (
        "_doubled", "_known",
        "accept", "accept_encoding", "authorization", "body_read", "chunked", "content_encoding",
        "content_length", "content_type", "expects_continue", "fetch_mode", "forwarded", "headers",
        "host", "https", "if_none_match", "method", "origin", "path", "peer", "preflight", "query",
        "request_id", "too_large", "traceparent",
    )  # fmt: skip

    def __init__(self, scope: Scope, trusted: Proxies = NO_PROXIES) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: str = scope["query_string"].decode("latin-1")
        client = scope["client"]
        self.peer: str = client[0] if client else "unknown"
        self.https: bool = scope["scheme"] == "https"
        self.body_read = False
        self._read_fields(scope["headers"])
        self._keep_known_fields()
        self.request_id, self.traceparent = _ids_of(self._known)
        connection = self._known.get(b"connection")
        if connection is not None and connection.lower() not in (b"keep-alive", b"close"):
            self._drop_nominated(connection)
        if trusted.networks:
            self._apply_forwarded(trusted)

    def _read_fields(self, fields: Fields) -> None:
        """One pass over the head: the header lines that are ready to be forwarded, the values that
        the gateway itself needs, and whether the head is too large.
        """
        headers: list[bytes] = []
        known: dict[bytes, bytes] = {}
        self.headers, self._known = headers, known
        self._doubled: list[bytes] = []
        self.too_large = len(fields) > MAX_HEADERS
        for name, value in fields:
            value = value.strip(_BLANKS)
            if len(value) > MAX_HEADER_LENGTH or len(name) > 256:
                self.too_large = True
            if name not in NOT_PASSED_ON:
                headers.append(b"%b: %b\r\n" % (name, value))
            elif name in known and name in SINGLE:
                self._doubled.append(name)
            if name in _READ:
                if name in known and name in _LISTS:
                    value = known[name] + b", " + value
                known[name] = value

    def _keep_known_fields(self) -> None:
        """Keeps the values as attributes, which are read many times."""
        find = self._known.get
        self.accept, self.accept_encoding = find(b"accept"), find(b"accept-encoding")
        self.authorization, self.host = find(b"authorization"), find(b"host")
        self.content_type, self.content_encoding = find(b"content-type"), find(b"content-encoding")
        self.fetch_mode, self.if_none_match = find(b"sec-fetch-mode"), find(b"if-none-match")
        self.origin, self.preflight = find(b"origin"), find(b"access-control-request-method")
        self.forwarded = find(b"x-forwarded-for")
        self.chunked = b"transfer-encoding" in self._known
        length = find(b"content-length", b"0")
        self.content_length = int(length) if length.isdigit() else 0
        self.expects_continue = find(b"expect", b"").lower() == b"100-continue"

    def header(self, name: bytes) -> str:
        """The value of a header that is passed on, of several lines joined; empty if absent."""
        start = name + b": "
        found = [line[len(start) : -2] for line in self.headers if line.startswith(start)]
        return b", ".join(found).decode("latin-1")

    @property
    def has_body(self) -> bool:
        """Whether the client announced one."""
        return self.content_length > 0 or self.chunked

    def check(self, scope: Scope) -> None:
        """Raises the problem with the request's address or header fields, if there is one."""
        check_framing(scope, self._known, self._doubled)
        raw, query = scope["raw_path"], scope["query_string"]
        if len(raw) + len(query) > MAX_URL_LENGTH:
            raise UriTooLong
        if self.too_large:
            raise HeadersTooLarge
        if b"%" in raw or not raw.isascii():
            _check_text("path", raw)
            # an escaped slash is not a separator: no route has such a path
            if _ESCAPED_SLASH.search(raw):
                self.path = raw.decode("latin-1")
        if query and (b"%" in query or not query.isascii()):
            _check_query(query)

    def lines_for(self, netloc: bytes, scope: Scope, framing: bytes) -> bytes:
        """The head of the request to a service. `framing` says how long the body is. HEAD is sent
        as GET: the services do not support HEAD, and the headers are the same.
        """
        query = scope["query_string"]
        target = scope["raw_path"] + b"?" + query if query else scope["raw_path"]
        authorization, content_type = self.authorization, self.content_type
        return b"".join(
            (
                b"%b %b HTTP/1.1\r\nhost: %b\r\nx-request-id: %b\r\ntraceparent: %b\r\n"
                b"x-forwarded-for: %b\r\nx-forwarded-proto: %b\r\nx-forwarded-host: %b\r\n"
                % (
                    b"GET" if self.method == "HEAD" else self.method.encode(),
                    target,
                    netloc,
                    self.request_id.encode(),
                    self.traceparent.encode(),
                    self.peer.encode(),
                    b"https" if self.https else b"http",
                    self.host or b"",
                ),
                b"authorization: %b\r\n" % authorization if authorization is not None else b"",
                b"content-type: %b\r\n" % content_type
                if content_type is not None and framing
                else b"",
                *self.headers,
                framing,
                b"\r\n",
            )
        )

    def _drop_nominated(self, connection: bytes) -> None:
        """Drops the headers that a Connection header declares to be about this connection only."""
        names = tuple(name.strip().lower() + b": " for name in connection.split(b","))
        self.headers = [line for line in self.headers if not line.startswith(names)]

    def _apply_forwarded(self, trusted: Proxies) -> None:
        """Takes client address and scheme from the headers of a trusted proxy. Each proxy in a
        chain appends the address that it was called from; entries further left were sent by the
        client, whose own address may be within the proxies' network.
        """
        if not _is_trusted(self.peer, trusted.networks):
            return
        proto = self._known.get(b"x-forwarded-proto")
        if proto is not None:
            self.https = proto.rpartition(b",")[2].strip().lower() == b"https"
        for hop in (self.forwarded or b"").split(b",")[: -trusted.hops - 1 : -1]:
            address = hop.strip().decode("latin-1")
            try:
                ip_address(address)
            except ValueError:
                return
            self.peer = address
            if not _is_trusted(address, trusted.networks):
                return


def _ids_of(known: Mapping[bytes, bytes]) -> tuple[str, str]:
    """The request id and the traceparent that the client sent; new ones in place of those that are
    missing or malformed.
    """
    request_id = known.get(b"x-request-id", b"").decode("latin-1")
    if not valid_request_id(request_id):
        request_id = f"{_bits(128):032x}"
    traceparent = known.get(b"traceparent", b"").decode("latin-1")
    if not valid_traceparent(traceparent):
        traceparent = f"00-{_bits(128) | 1:032x}-{_bits(64) | 1:016x}-01"
    return request_id, traceparent


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        number = ip_address(address)
    except ValueError:
        return False
    return any(number in network for network in trusted)


def _check_text(field: str, escaped: bytes) -> None:
    """Raises ValidationFailed, naming `field`, if the unescaped bytes contain NUL or are not
    UTF-8.
    """
    message = _wrong_with(escaped)
    if message is not None:
        raise ValidationFailed([FieldError(field, message)])


def _check_query(query: bytes) -> None:
    errors = []
    for pair in query.split(b"&"):
        message = _wrong_with(pair)
        if message is not None:
            name = (
                unquote_to_bytes(pair.partition(b"=")[0])
                .decode("utf-8", "replace")
                .replace("\0", "")
            )
            errors.append(FieldError(name[:100] or "query", message))
    if errors:
        raise ValidationFailed(errors)


def _wrong_with(escaped: bytes) -> str | None:
    plain = unquote_to_bytes(escaped)
    if b"\0" in plain:
        return NUL
    try:
        plain.decode()
    except UnicodeDecodeError:
        return NOT_UTF8
    return None
