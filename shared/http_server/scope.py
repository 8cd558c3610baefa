"""Builds the ASGI scope of a request."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import httptools

ASGI = {"version": "3.0", "spec_version": "2.4"}


def scope_of(
    method: str,
    url: bytes,
    headers: list[tuple[bytes, bytes]],
    version: str,
    peer: tuple[str, int] | None,
) -> dict[str, Any]:
    """The scope of one request. It has `malformed` if the target does not belong to this server."""
    malformed = False
    if not url.startswith(b"/") and url != b"*":
        url, malformed = _origin_form(url, headers)
    raw_path, _, query = url.partition(b"?")
    path = raw_path.decode("latin-1")
    scope = {
        "type": "http",
        "asgi": ASGI,
        "http_version": version,
        "scheme": "http",
        "method": method,
        "path": unquote(path) if "%" in path else path,
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": peer,
        "server": None,
    }
    if malformed:
        scope["malformed"] = "the request's target is not this server's"
    return scope


def _origin_form(url: bytes, headers: list[tuple[bytes, bytes]]) -> tuple[bytes, bool]:
    """The path and query of a target in absolute form (RFC 9112 §3.2.2), whose host must match the
    Host header; and whether it is malformed.
    """
    try:
        parts = httptools.parse_url(url)
    except httptools.HttpParserInvalidURLError:
        return b"/", True
    authority = (parts.host or b"") + (b":%d" % parts.port if parts.port else b"")
    hosts = [value for name, value in headers if name == b"host"]
    if not parts.schema or hosts != [authority]:
        return b"/", True
    return (parts.path or b"/") + (b"?" + parts.query if parts.query else b""), False
