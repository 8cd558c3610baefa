"""`python -m shared.serve NAME`: serves one program on LISTEN until SIGINT (stops at once) or
SIGTERM (drains first), and lets running requests finish.

One process without a parent: granian's embedded server runs inside our own event loop (uvloop),
which halves the memory. Without typer, which each start would import for a single argument.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import logging
import os
import resource
import signal
import socket
import sys
from typing import Any

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from shared import tracing
from shared.draining import draining, ending_connections
from shared.schema import SchemaUnusable, wait_for_schema
from shared.services import SERVICES
from shared.settings import CommonSettings, load_or_exit

PROGRAMS = {**{name: f"services.{name}.app" for name in SERVICES}, "gateway": "gateway.app"}
# Ten seconds for the head of a request, including the pause between two requests: a client that
# sends one byte a second, or nothing, is disconnected. The second limit is how many bytes a
# connection may buffer, of a head or of a body that the application has not read yet.
HTTP1 = HTTP1Settings(
    header_read_timeout=10_000, keep_alive=True, max_buffer_size=64 * 1024, pipeline_flush=False
)
# Connections beyond this wait in the kernel's queue. It must exceed what one abusive client can
# open and hold for those ten seconds, because all other clients wait behind it. An idle connection
# costs 3 KB, one with a full buffer 75 KB: 900 MB if all of them are full.
MAX_CONNECTIONS = 12_288
# File descriptors reserved for the program itself: connections to the services, a pool, the logs.
RESERVED_DESCRIPTORS = 4_608
BACKLOG = 2048


def max_connections() -> int:
    """The maximum number of open connections, after raising the limit of open files as far as the
    system allows.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + RESERVED_DESCRIPTORS
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if wanted > soft:
        with contextlib.suppress(OSError, ValueError):  # macOS has a lower limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MAX_CONNECTIONS, files - min(RESERVED_DESCRIPTORS, files // 2))


def server_of(application: Any, host: str, port: int, *, public: bool) -> Any:
    """The server for a program. Public programs use the strict parser (decision 0016); between our
    own programs granian is faster.
    """
    if public:
        # only the gateway's image has the parser installed
        from shared.http_server.server import Server as HttpServer  # noqa: PLC0415

        return HttpServer(application, host, port, max_connections=max_connections())
    return Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=max_connections(),
        log_enabled=False,
    )


async def serve(
    application: Any, host: str, port: int, drain_seconds: float = 0.0, *, public: bool = False
) -> None:
    """Serves the ASGI `application` until the process is asked to stop. `public` is whether
    untrusted clients can reach it.
    """
    server = server_of(ending_connections(application), host, port, public=public)
    loop = asyncio.get_running_loop()

    def leave() -> None:
        draining.begin()
        loop.call_later(drain_seconds, server.stop)

    loop.add_signal_handler(signal.SIGTERM, leave)
    loop.add_signal_handler(signal.SIGINT, server.stop)
    await server.serve()


def ensure_port_is_free(host: str, port: int) -> None:
    """Exits with one line if the address cannot be listened on, before anything else starts."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            print(f"Cannot start: LISTEN={host}:{port}: {error.strerror}.", file=sys.stderr)  # noqa: T201
            raise SystemExit(78) from None


async def schema_or_exit(database_url: str, service: str) -> None:
    """Waits for database and schema; exits with one line if this code cannot work with them."""
    try:
        await wait_for_schema(database_url, service)
    except SchemaUnusable as error:
        print(f"Cannot start: {error}.", file=sys.stderr)  # noqa: T201
        raise SystemExit(78) from None


def main() -> None:
    """The command."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in PROGRAMS:
        raise SystemExit(f"usage: python -m shared.serve {{{','.join(PROGRAMS)}}}")
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(0)
    )  # before the loop runs; otherwise the first process of a container ignores the signal
    settings = load_or_exit(CommonSettings)
    host, _, port = settings.listen.rpartition(":")
    ensure_port_is_free(host, int(port))
    logging.getLogger("granian").setLevel(logging.WARNING)
    application = importlib.import_module(PROGRAMS[name]).app()
    # Imported modules stay for ever: excluded from garbage collection, full collections are rare
    # and short.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    database_url = os.environ.pop("DATABASE_URL", None)  # not for child processes or crash reports
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if database_url is not None and name != "gateway":
            runner.run(schema_or_exit(database_url, name))
        public = name == "gateway"
        runner.run(serve(application, host, int(port), settings.drain_seconds, public=public))
    # Everything is closed. During the interpreter's finalization one of granian's threads may still
    # need it, which aborts the process (seen at one stop in ten with an upload in progress), and a
    # supervisor would treat status 134 as a crash.
    tracing.end()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
