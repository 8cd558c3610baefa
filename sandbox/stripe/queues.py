"""The queue of one webhook endpoint.

Two kinds of failure are handled differently. A response other than 2xx postpones that delivery
only, with increasing pauses. If there is no response, the receiver is down: the whole queue waits,
and one delivery at a time tries the endpoint. So ten thousand events do not become ten thousand
attempts during an outage, and all of them are sent when the receiver is back.
"""

import asyncio
import hashlib
import hmac
import time
from collections import deque
from typing import Protocol

import msgspec

from sandbox.stripe.outgoing import Outgoing, Unreachable

# A jump of the clock can produce a hundred thousand deliveries at once: at most this many that are
# due, and as many that are not yet due, are kept in memory. The others stay in the database.
MAX_IN_MEMORY = 500
AT_ONCE = 8  # deliveries to one endpoint at the same time
FIRST_PAUSE = 0.5  # seconds, doubling
MAX_PAUSE = 10.0  # in the first minutes, to recover quickly from a short outage
PATIENT_AFTER = 10  # attempts; after that, pauses increase to at most MAX_LATER_PAUSE
MAX_LATER_PAUSE = 600.0
GIVE_UP_SECONDS = 3 * 86400  # like Stripe
DOWN = frozenset({502, 503, 504})  # from a proxy that cannot reach the receiver


class Delivery(msgspec.Struct):
    """One event to be delivered to one endpoint; `due` and `posted` are Unix times of the real
    clock.
    """

    id: int
    event: str
    endpoint: str
    attempts: int
    due: float
    posted: float


class Endpoint(msgspec.Struct):
    """A webhook endpoint. `events` contains `*` or event types; `connect` is whether it receives
    the events of connected accounts.
    """

    id: str
    url: str
    secret: str
    connect: bool
    events: frozenset[str]

    def wants(self, kind: str, connect: bool) -> bool:
        """Whether events of this type are delivered to it."""
        return self.connect == connect and ("*" in self.events or kind in self.events)


class DeliverySink(Protocol):
    """Provides the bodies and receives the outcomes."""

    def body(self, delivery: Delivery) -> bytes | None:
        """The body to send; None if it must not be sent any more."""

    def finish(self, delivery: Delivery) -> None:
        """The receiver has accepted the delivery, or it was given up."""

    def reschedule(self, delivery: Delivery) -> None:
        """The delivery has failed and is retried later."""


def signature(secret: str, body: bytes, at: int) -> str:
    """The `Stripe-Signature` header of a body sent at `at` (Unix time)."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def pause_after(attempts: int) -> float:
    """Seconds until the next attempt."""
    if attempts <= PATIENT_AFTER:
        return min(FIRST_PAUSE * 2.0 ** (attempts - 1), MAX_PAUSE)
    return min(MAX_PAUSE * 2.0 ** (attempts - PATIENT_AFTER), MAX_LATER_PAUSE)


class Queue:
    """Deliveries to one endpoint: due, not yet due, or being sent."""

    def __init__(self, endpoint: Endpoint, sink: DeliverySink) -> None:
        self.endpoint, self.sink = endpoint, sink
        self.known: set[int] = set()
        self._ready: deque[Delivery] = deque()
        self._timers: dict[int, tuple[Delivery, asyncio.TimerHandle]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._line = Outgoing(endpoint.url)
        self._sending = 0
        self._failures = 0
        self.paused = False
        self.behind = False  # the database has rows for which there was no room
        self._retry_timer: asyncio.TimerHandle | None = None

    def take(self, delivery: Delivery, loop: asyncio.AbstractEventLoop) -> None:
        """Send a delivery now or when it is due; leave it in the database if there is no room."""
        if len(self._ready) >= MAX_IN_MEMORY or len(self._timers) >= MAX_IN_MEMORY:
            self.behind = True
            return
        self.known.add(delivery.id)
        pause = delivery.due - time.time()
        if pause > 0:
            timer = loop.call_later(pause, self._due, delivery, loop)
            self._timers[delivery.id] = (delivery, timer)
        else:
            self._due(delivery, loop)

    @property
    def has_room(self) -> bool:
        """Whether it is time to schedule rows for which there was no room."""
        return self.behind and len(self._ready) < MAX_IN_MEMORY // 2

    def _due(self, delivery: Delivery, loop: asyncio.AbstractEventLoop) -> None:
        self._timers.pop(delivery.id, None)
        self._ready.append(delivery)
        self._work(loop)

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        allowed = 1 if self._failures else AT_ONCE
        while self._retry_timer is None and len(self._tasks) < min(
            allowed, len(self._ready) + self._sending
        ):
            task = loop.create_task(self._send_all())
            self._tasks.add(task)
            task.add_done_callback(lambda done: self._ended(done, loop))

    def _ended(self, task: asyncio.Task[None], loop: asyncio.AbstractEventLoop) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            self._work(loop)

    async def _send_all(self) -> None:
        while self._ready and self._retry_timer is None and not (self._failures and self._sending):
            self._sending += 1
            try:
                await self._send(self._ready.popleft())
            finally:
                self._sending -= 1

    async def _send(self, delivery: Delivery) -> None:
        body = self.sink.body(delivery)
        if body is None or time.time() - delivery.posted > GIVE_UP_SECONDS:
            self._finish(delivery)
            return
        try:
            if self._line.url != self.endpoint.url:
                self._line = Outgoing(self.endpoint.url)
            status = await self._line.post(body, self._headers(body))
        except Unreachable:
            status = 503
        if status in DOWN:
            self._suspend(delivery)
            return
        self._resume()
        if 200 <= status < 300:
            self._finish(delivery)
        else:
            delivery.attempts += 1
            delivery.due = time.time() + pause_after(delivery.attempts)
            self.known.discard(delivery.id)
            self.sink.reschedule(delivery)

    def _headers(self, body: bytes) -> dict[str, str]:
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature(self.endpoint.secret, body, int(time.time())),
        }

    def _finish(self, delivery: Delivery) -> None:
        self.known.discard(delivery.id)
        self.sink.finish(delivery)

    # -- outages of the receiver

    def _suspend(self, delivery: Delivery) -> None:
        if self.paused:
            self.known.discard(delivery.id)  # its row stays in the database
        else:
            self._ready.appendleft(delivery)
        if self._retry_timer is None:
            self._failures += 1
            loop = asyncio.get_running_loop()
            self._retry_timer = loop.call_later(
                min(pause_after(self._failures), MAX_PAUSE), self._probe, loop
            )

    def _probe(self, loop: asyncio.AbstractEventLoop) -> None:
        self._retry_timer = None
        self._work(loop)

    def _resume(self) -> None:
        if self._failures:
            self._failures = 0
            self._work(asyncio.get_running_loop())

    # -- shutdown

    def clear(self) -> list[Delivery]:
        """Remove and return all deliveries that are not being sent."""
        left = [*self._ready, *(delivery for delivery, _ in self._timers.values())]
        for _, timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._ready.clear()
        self.known.difference_update(delivery.id for delivery in left)
        return left

    def close(self) -> list[Delivery]:
        """The endpoint was removed."""
        left = self.clear()
        if self._retry_timer is not None:
            self._retry_timer.cancel()
        self._line.close()
        return left

    async def stop(self) -> None:
        """The process is shutting down."""
        self.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
