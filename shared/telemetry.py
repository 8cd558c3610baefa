"""The request context (ids for logs and events) and logging."""

from __future__ import annotations

import logging
import re
import secrets
import sys
from contextvars import ContextVar
from typing import TextIO

import msgspec
import structlog

from shared.redaction import redact_event

REQUEST_ID = re.compile(r"^[A-Za-z0-9._:/+=@-]{1,128}$")
TRACEPARENT = re.compile(r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")


class RequestContext(msgspec.Struct, frozen=True):
    """Where the current work comes from: the client's request, the event that caused it, and its
    W3C trace.
    """

    request_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None


NO_REQUEST_CONTEXT = RequestContext()
request_context: ContextVar[RequestContext] = ContextVar(
    "request_context", default=NO_REQUEST_CONTEXT
)


def new_request_id() -> str:
    """A new request id: 128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def valid_request_id(text: str | None) -> bool:
    """Whether to keep a client's X-Request-ID: 1–128 safe characters, as it is written to logs and
    headers.
    """
    return text is not None and REQUEST_ID.fullmatch(text) is not None


def valid_traceparent(text: str | None) -> bool:
    """Whether a client's traceparent is valid W3C Trace Context, version 00."""
    return text is not None and TRACEPARENT.fullmatch(text) is not None


# ---- logs


def _add_request_context(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    current = request_context.get()
    if current.request_id:
        event.setdefault("request_id", current.request_id)
    if current.traceparent:
        event.setdefault("trace_id", current.traceparent[3:35])
    return event


def configure_logs(service: str, level: str = "info", file: TextIO | None = None) -> None:
    """Logs JSON lines to `file`, by default standard output, one per event, each with the request
    id and trace id of its work, redacted.
    """
    file = file or sys.stdout
    number = getattr(logging, level.upper(), logging.INFO)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_context,
        structlog.processors.format_exc_info,
        redact_event,
    ]
    encode = structlog.processors.JSONRenderer(
        serializer=lambda value, **_: msgspec.json.encode(value, enc_hook=str).decode()
    )
    structlog.configure(
        processors=[*shared, encode],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(file)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=encode, foreign_pre_chain=shared)
    )
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)
    logging.captureWarnings(True)  # Python's warnings become log lines too


log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
