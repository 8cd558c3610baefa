"""The process: runs both servers, and shuts them down."""

from __future__ import annotations

import asyncio
import signal

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from sandbox.mail import smtp
from sandbox.mail.routes import ROUTES, answer_error
from sandbox.mail.settings import Settings
from sandbox.mail.store import Store


def application(store: Store, faults: smtp.Faults) -> Litestar:
    """The HTTP side."""
    return Litestar(
        route_handlers=ROUTES,
        state=State({"store": store, "faults": faults}),
        exception_handlers={HTTPException: answer_error},
        openapi_config=None,
        logging_config=None,
    )


async def serve(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT."""
    store, faults = Store(settings.data), smtp.Faults()
    server = Server(
        application(store, faults),
        address=settings.listen.host,
        port=settings.listen.port,
        interface=Interfaces.ASGI,
        log_level=LogLevels.error,
        websockets=False,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    taking = await smtp.listen(settings.smtp, store, faults)
    try:
        await server.serve()
    finally:
        taking.close()
