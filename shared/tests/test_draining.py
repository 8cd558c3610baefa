"""A response closes its connection once the process is draining."""

from __future__ import annotations

from typing import Any

from shared.draining import Draining, ending_connections


async def test_answers_end_their_connections_once_it_has_begun() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]})
        await send({"type": "http.response.body", "body": b""})

    state = Draining()
    sent: list[dict[str, Any]] = []

    async def nothing() -> dict[str, Any]:
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    serve = ending_connections(application, state)
    await serve({"type": "http"}, nothing, send)
    assert sent[0]["headers"] == [(b"x", b"y")]
    state.begin()
    await serve({"type": "http"}, nothing, send)
    assert sent[2]["headers"] == [(b"x", b"y"), (b"connection", b"close")]
