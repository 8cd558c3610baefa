"""Log lines say what happened to which request, without personal data."""

from __future__ import annotations

import io
import json
import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.db import Database
from shared.redaction import redact
from shared.telemetry import RequestContext, configure_logs, request_context

LineAbout = Callable[[str], dict[str, Any]]
# Concatenated, so that this file contains nothing that looks like a secret.
JWT = "eyJhbGciOiJFUzI1NiJ9." + "eyJzdWIiOiJhIn0" + ".c2lnbmF0dXJl"


@pytest.fixture
def line_about(monkeypatch: pytest.MonkeyPatch) -> Iterator[LineAbout]:
    """Finds the one line whose event contains a text. Other lines may stand beside it: garbage of
    earlier tests is collected at any time, and warns.
    """
    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", written)
    before = structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logs("booking")

    def line_about(event: str) -> dict[str, Any]:
        every: list[dict[str, Any]] = [json.loads(line) for line in written.getvalue().splitlines()]
        (found,) = [line for line in every if event in line["event"]]
        return found

    yield line_about
    logging.captureWarnings(False)
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()
    root.handlers[:], root.level = handlers, level


def test_a_line_is_json_with_service_level_time_request_and_trace(line_about: LineAbout) -> None:
    token = request_context.set(
        RequestContext("request-1", None, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    )
    structlog.get_logger().info("accepted", booking_id="b-1", ms=1.5)
    request_context.reset(token)
    line = line_about("accepted")
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "accepted",
        "booking_id": "b-1",
        "ms": 1.5,
        "service": "booking",
        "level": "info",
        "request_id": "request-1",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    }


def test_lines_of_libraries_are_json_and_redacted_too(line_about: LineAbout) -> None:
    logging.getLogger("aio_pika").warning(
        "connecting to amqp://guest:s3cret@broker/ for ada@example.org"
    )
    line = line_about("connecting")
    assert line["event"] == "connecting to amqp://[removed]@broker/ for [e-mail]"


@pytest.mark.parametrize(
    "text",
    [
        "Ada.Byron+test@mail.example.org",
        JWT,
        f"Bearer {JWT}",
        "Basic c2tfdGVzdF8xMjM0NTY6",
        "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc",
        "whsec_" + "a1b2c3d4e5f6",
        "seti_1SVx2k_secret_TSn8QyWk",
        "postgresql://booking:pa%24s@db/consultant_connect",
        "4242 4242 4242 4242",
        "4242424242424242",
        "DETAIL:  Key (first_name, last_name)=(Ada, Byron) already exists.",
    ],
)
def test_what_must_not_be_in_a_log_is_taken_out(text: Any) -> None:
    left = redact(f"it said\n{text}\nand more")
    for word in (
        "Ada",
        "example.org",
        "eyJ",
        "c2tf",
        "4eC39",
        "a1b2",
        "TSn8",
        "pa%24s",
        "4242",
        "Byron",
    ):
        assert word not in left
    assert left.startswith("it said\n")
    assert left.endswith("\nand more")


@pytest.mark.parametrize(
    "text",
    [
        "019a4a5e-7c1d-7000-8000-0123456789ab",
        "booking:019a4a5e-7c1d-7000-8000-0123456789ab:authorize:1",
        "2026-11-22T22:03:29.121515Z",
        "0af7651916cd43dd8448eb211c80319c",
        "pi_3SVx2kQ4mD8nTz3f1a2b3c4d",
        "/bookings/{booking_id}/accept",
        "x.py:41: ValueError: broken",
    ],
)
def test_what_an_operator_needs_stays(text: Any) -> None:
    assert redact(text) == text


def test_an_exception_is_redacted_with_its_cause(line_about: LineAbout) -> None:
    try:
        try:
            raise ValueError("no user ada@example.org")
        except ValueError as error:
            raise RuntimeError(f"token {JWT}") from error
    except RuntimeError as error:
        structlog.get_logger().error("broke off", exc_info=error, reason=error)
    line = line_about("broke off")
    written = json.dumps(line)
    assert "ada@" not in written
    assert "eyJ" not in written
    assert "RuntimeError: token [token]" in line["exception"]


def test_a_warning_of_python_is_a_line_too(line_about: LineAbout) -> None:
    warnings.warn("this is of the test", RuntimeWarning, stacklevel=1)
    assert line_about("this is of the test")["level"] == "warning"


async def test_an_error_of_the_database_quotes_no_row(
    line_about: LineAbout, booking: Database
) -> None:
    """Names have no pattern by which they could be redacted: neither driver nor engine may quote
    them.
    """
    name = "Zebe" + "dee"  # a traceback quotes the source
    async with booking.transaction() as db:
        await db.execute(text("create temporary table people (name text primary key)"))
        await db.execute(text("insert into people values (:name)"), {"name": name})
        with pytest.raises(DBAPIError) as caught:
            async with db.savepoint():
                await db.execute(text("insert into people values (:name)"), {"name": name})
    assert caught.value.orig is not None
    assert isinstance(caught.value.orig.__cause__, asyncpg.UniqueViolationError)
    structlog.get_logger().error("unexpected error", exc_info=caught.value)
    line = line_about("unexpected error")
    assert "duplicate key value" in line["exception"]
    assert name not in json.dumps(line)
