"""Exceptions as error responses."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest
from litestar import Litestar, post
from litestar.params import Body
from structlog.testing import CapturingLogger

from shared import error_handler
from shared.error_handler import handle_exception


class Note(msgspec.Struct):
    text: str


@post("/notes")
async def add(data: Annotated[Note, Body()]) -> None:
    raise AssertionError(data)


async def test_upload_that_is_cut_off_is_no_fault_of_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged = CapturingLogger()  # whatever level other tests of the process have configured
    monkeypatch.setattr(error_handler, "log", logged)
    application = Litestar([add], exception_handlers={Exception: handle_exception})
    received = iter(
        [
            {"type": "http.request", "body": b'{"text": "un', "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[Any] = []

    async def receive() -> Any:
        return next(received)

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/notes",
        "raw_path": b"/notes",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    await application(scope, receive, send)
    assert sent[0]["status"] == 400
    assert [call.method_name for call in logged.calls] == ["info"]
