"""`python -m shared.serve NAME`: serves one program on LISTEN until SIGTERM or SIGINT, then lets running requests end.

One process, no supervisor parent: granian's embedded server runs inside our own event loop (uvloop), which halves the memory.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import os
import signal
import socket
import sys
from typing import Any

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from shared.settings import CommonSettings, load_or_exit

PROGRAMS = {
    "identity": "services.identity.app",
    "directory": "services.directory.app",
    "booking": "services.booking.app",
    "payments": "services.payments.app",
    "gateway": "gateway.app",
}
# Ten seconds for the head of a request: a client that sends a byte a second is cut off rather than waited for.
HTTP1 = HTTP1Settings(
    header_read_timeout=10_000, keep_alive=True, max_buffer_size=64 * 1024, pipeline_flush=False
)


async def serve(application: Any, host: str, port: int) -> None:
    """Serves the ASGI `application` until the process is told to stop."""
    server = Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1,
        websockets=False,
        backlog=2048,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def refuse_taken_port(host: str, port: int) -> None:
    """Ends with one line when the address cannot be listened on, before anything else is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            print(f"Cannot start: LISTEN={host}:{port}: {error.strerror}.", file=sys.stderr)  # noqa: T201
            raise SystemExit(78) from None


def main() -> None:
    """The command."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in PROGRAMS:
        raise SystemExit(f"usage: python -m shared.serve {{{','.join(PROGRAMS)}}}")
    settings = load_or_exit(CommonSettings)
    host, _, port = settings.listen.rpartition(":")
    refuse_taken_port(host, int(port))
    logging.getLogger("granian").setLevel(logging.WARNING)
    application = importlib.import_module(PROGRAMS[name]).app()
    # What was imported stays for ever: out of the collector's way, full collections are rare and short.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    os.environ.pop("DATABASE_URL", None)  # not for children or crash reports
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(application, host, int(port)))


if __name__ == "__main__":
    main()
