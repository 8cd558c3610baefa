"""Replicas: additional processes of a running stack's programs, behind a load balancer, as in
production.
"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from datetime import UTC, datetime
from typing import Any

import httpx

from deploy.local import processes
from shared.services import SERVICES
from shared.testing import eventually
from shared.testing.ports import free_port
from tests.stack import ROOT, Stack

# A program is ready after two seconds on its own core, but these tests and other load share the
# cores: this limit only ends the wait for a program that hangs.
START_WITHIN = 180


class Replica:
    """An additional process of `program`, with the stack's settings and another port."""

    def __init__(self, stack: Stack, program: str, number: int, **settings: str) -> None:
        program_settings = json.loads((stack.data_dir / "programs.json").read_text())[program]
        self.program = program
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = program_settings["arguments"]
        self._environment = {
            **program_settings["environment"],
            "LISTEN": f"127.0.0.1:{self.port}",
            processes.PROGRAM: f"{program}-{number}",
            **settings,
        }
        self._log = stack.data_dir / "log" / f"{program}-{number}.log"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Returns when it is ready."""
        self._spawn()
        try:
            await eventually(lambda: is_ready(self.url), within=START_WITHIN, every=0.1)
        except AssertionError as error:
            error.add_note(f"{self.program} said: {self.said[-2000:]}")
            raise

    def _spawn(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                self._arguments,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    async def stop(self) -> int:
        """Sends SIGTERM, as orchestrators do, and returns the exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self._process.wait, 60)

    def kill(self) -> None:
        """Ends the process at the end of a test, if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    @property
    def said(self) -> str:
        """The text of its log."""
        return self._log.read_text(errors="replace")


class Balancer(httpx.AsyncBaseTransport):
    """A plain load balancer: alternates between the gateways that report to be ready, checks each
    twice a second, skips one that closed a connection with its response, and retries nothing.
    """

    def __init__(self, urls: list[str]) -> None:
        self._urls = [httpx.URL(url) for url in urls]
        self._ready = set(self._urls)
        self._turn = 0
        # Like any balancer's, its idle connections are closed sooner than a gateway drains
        # (DRAIN_SECONDS).
        limits = httpx.Limits(max_connections=None, keepalive_expiry=1.0)
        self._transport = httpx.AsyncHTTPTransport(limits=limits)
        self._watch = asyncio.create_task(self._look())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        ready = [url for url in self._urls if url in self._ready] or self._urls
        self._turn += 1
        place = ready[self._turn % len(ready)]
        request.url = request.url.copy_with(host=place.host, port=place.port)
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.TransportError as error:
            error.add_note(f"{datetime.now(UTC)} {request.method} {request.url}")
            raise
        if response.headers.get("connection") == "close":
            self._ready.discard(place)
        return response

    async def _look(self) -> None:
        async with httpx.AsyncClient(timeout=5, transport=httpx.AsyncHTTPTransport()) as http:
            while True:
                for url in self._urls:
                    (self._ready.add if await _says_ready(http, str(url)) else self._ready.discard)(
                        url
                    )
                await asyncio.sleep(0.5)

    async def aclose(self) -> None:
        self._watch.cancel()
        await self._transport.aclose()


async def is_ready(url: str) -> bool:
    """Whether that process reports to be ready."""
    async with httpx.AsyncClient(timeout=5) as http:
        return await _says_ready(http, url)


async def _says_ready(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(f"{url}/health/ready")).status_code == 200
    except httpx.TransportError:
        return False


class Fleet:
    """`count` processes of every service and of the gateway. The stack's own processes are the
    first of each.
    """

    def __init__(self, stack: Stack, count: int) -> None:
        first: dict[str, Any] = stack.published["services"]
        self.services = [Replica(stack, name, n) for n in range(2, count + 1) for name in SERVICES]
        urls = {
            name: ",".join([first[name], *(r.url for r in self.services if r.program == name)])
            for name in SERVICES
        }
        places = {f"{name.upper()}_URL": value for name, value in urls.items()}
        # The stack's own gateway uses one process of each service only; Stripe's webhooks continue
        # to come through it.
        self.gateways = [Replica(stack, "gateway", n, **places) for n in range(2, count + 2)]

    async def start(self) -> None:
        """Returns when all are ready. Two start at a time: a starting program uses a whole core,
        and more of them at once would only wait for each other.
        """
        places = asyncio.Semaphore(2)

        async def start(replica: Replica) -> None:
            async with places:
                await replica.start()

        for group in (self.services, self.gateways):
            await asyncio.gather(*map(start, group))

    def kill(self) -> None:
        for replica in (*self.services, *self.gateways):
            replica.kill()
