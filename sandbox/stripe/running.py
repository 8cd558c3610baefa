"""The process: listening, maintenance, and graceful shutdown."""

import asyncio
import fcntl
import os
import signal
import socket

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from sandbox.stripe.server import Application
from sandbox.stripe.settings import Refused, Settings

KEPT_REQUESTS = 100_000
BEAT_SECONDS = 0.05
CHECKPOINT_BEATS, PRUNE_BEATS = 20, 12_000  # every second, every ten minutes


def claim(settings: Settings) -> None:
    """Lock the folder and check that the address is free; the kernel releases both when the process
    dies.

    Granian would share a port that is taken, and two processes would answer in turns. Raises
    Refused.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    lock = os.open(settings.data / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Refused(f"another sandbox works in {settings.data}") from error
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Refused(
                f"cannot listen on {settings.host}:{settings.port}: {error.strerror}"
            ) from error


class SandboxServer:
    """An application that listens, for as long as `serve` runs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.application = Application(settings)
        self.server = Server(
            self.application,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.RSGI,
            log_level=LogLevels.error,
            websockets=False,
        )

    async def serve(self) -> None:
        """Until SIGTERM or SIGINT."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.server.stop)
        self.application.dispatcher.start(loop)
        upkeep = loop.create_task(self._upkeep())
        try:
            await self.server.serve()
        finally:
            upkeep.cancel()
            await asyncio.gather(upkeep, return_exceptions=True)
            await self.application.dispatcher.stop()
            self.application.api.finish()
            self.application.store.close()

    async def _upkeep(self) -> None:
        """Periodically record deliveries, checkpoint the log and delete what is old."""
        beats, moved, store = 0, 0, self.application.store
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            beats += 1
            self.application.api.finish()
            self.application.dispatcher.refill()
            if beats % CHECKPOINT_BEATS == 0 and store.commits > moved:
                moved = store.commits
                if await asyncio.to_thread(store.checkpoint):
                    self.application.api.finish()
                    store.restart_log()
            if beats % PRUNE_BEATS == 1:
                store.prune(KEPT_REQUESTS)
