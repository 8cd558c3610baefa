"""A minimal service: one short JSON response, and identity's keys. `python -m
bench.gateway.upstream PORT` serves it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
import typer
import uvloop

from shared.auth import User
from shared.ids import new_id
from shared.serve import serve
from shared.testing import keys_for_tests, token_for

Message = MutableMapping[str, Any]
HELLO = b'{"hello":"you"}'


async def application(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Responds to everything; the gateway's token verification needs /.well-known/jwks.json and
    /token.
    """
    if scope["type"] == "lifespan":
        for _ in range(2):
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
        return
    body = HELLO
    if scope["path"] == "/.well-known/jwks.json":
        body = msgspec.json.encode(await keys_for_tests(""))
    elif scope["path"] == "/token":
        body = token_for(User(new_id(), "seeker", "Ada", "Byron")).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main(port: int) -> None:
    """Serves until SIGTERM."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(application, "127.0.0.1", port))


if __name__ == "__main__":
    typer.run(main)
