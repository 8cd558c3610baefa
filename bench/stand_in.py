"""`python -m bench.stand_in PORT SANDBOX_URL`: the Stripe sandbox, for the peer.

Project and peer are to be compared against the same payment stand-in, and the peer speaks an API of
some years ago: it names the kind of card with a parameter that Stripe has withdrawn since. This
passes its calls on in today's words, and changes nothing else.
"""

from __future__ import annotations

import sys
from typing import Any

import aiohttp
from granian import Granian
from granian.constants import Interfaces, Loops

WITHDRAWN, TODAY = b"payment_method_types%5B%5D=card", b"allowed_payment_method_types%5B0%5D=card"
PASSED_ON = (b"authorization", b"content-type", b"idempotency-key")


class StandIn:
    """The ASGI application."""

    def __init__(self, sandbox: str) -> None:
        self._sandbox = sandbox
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One call of the peer's."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        status, answer = await self._ask(scope, body.replace(WITHDRAWN, TODAY))
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": answer})

    async def _ask(self, scope: Any, body: bytes) -> tuple[int, bytes]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {
            name.decode(): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in PASSED_ON
        }
        url = self._sandbox + scope["path"]
        async with self._session.request(
            scope["method"], url, data=body, headers=headers
        ) as response:
            return response.status, await response.read()


def main() -> None:
    """The command."""
    port, sandbox = sys.argv[1:]
    application = StandIn(sandbox)
    Granian(
        "bench.stand_in",
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        log_access=False,
    ).serve(target_loader=lambda *_, **__: application, wrap_loader=False)


if __name__ == "__main__":
    main()
