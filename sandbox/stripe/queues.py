"""The queue of one webhook endpoint.

Two kinds of failure, two kinds of patience. An answer that is not 2xx puts off that one delivery,
with growing pauses. No answer at all concerns the receiver, so the whole queue waits and one
delivery at a time tries the endpoint: ten thousand events held up by an outage must not become ten
thousand attempts, and must all go when the receiver is back.
"""

import asyncio
import hashlib
import hmac
import time
from collections import deque
from typing import Protocol

import msgspec

from sandbox.stripe.outgoing import Outgoing, Unreachable

# A jump of the clock can post a hundred thousand at once: no more than this many wait in memory,
# and as many for their time. The others stay rows until there is room.
MAX_IN_MEMORY = 500
AT_ONCE = 8  # deliveries to one endpoint at the same time
FIRST_PAUSE = 0.5  # seconds, doubling
MAX_PAUSE = 10.0  # in the first minutes, so that a minute's outage heals within ten seconds
PATIENT_AFTER = 10  # attempts; then the pause grows on, up to
MAX_LATER_PAUSE = 600.0
GIVE_UP_SECONDS = 3 * 86400  # as Stripe
DOWN = frozenset({502, 503, 504})  # a proxy cannot reach the receiver


class Delivery(msgspec.Struct):
    """One event on its way to one endpoint; `due` and `posted` are epoch seconds of the real
    clock.
    """

    id: int
    event: str
    endpoint: str
    attempts: int
    due: float
    posted: float


class Endpoint(msgspec.Struct):
    """A webhook endpoint. `events` holds `*` or types; `connect` is for those of connected
    accounts.
    """

    id: str
    url: str
    secret: str
    connect: bool
    events: frozenset[str]

    def wants(self, kind: str, connect: bool) -> bool:
        """Whether events of this type go here."""
        return self.connect == connect and ("*" in self.events or kind in self.events)


class Office(Protocol):
    """Provides the bodies and receives the outcomes."""

    def body(self, delivery: Delivery) -> bytes | None:
        """The body to send; None if it is not to be sent any more."""

    def finish(self, delivery: Delivery) -> None:
        """The delivery was received."""

    def put_off(self, delivery: Delivery) -> None:
        """The delivery has failed and is to be tried again later."""


def signature(secret: str, body: bytes, at: int) -> str:
    """The `Stripe-Signature` header of a body sent at `at` (epoch seconds)."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def pause_after(attempts: int) -> float:
    """Seconds until the next attempt."""
    if attempts <= PATIENT_AFTER:
        return min(FIRST_PAUSE * 2.0 ** (attempts - 1), MAX_PAUSE)
    return min(MAX_PAUSE * 2.0 ** (attempts - PATIENT_AFTER), MAX_LATER_PAUSE)


class Queue:
    """Deliveries to one endpoint: ready now, waiting for their time, or on their way."""

    def __init__(self, endpoint: Endpoint, office: Office) -> None:
        self.endpoint, self.office = endpoint, office
        self.known: set[int] = set()
        self._ready: deque[Delivery] = deque()
        self._timers: dict[int, tuple[Delivery, asyncio.TimerHandle]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._line = Outgoing(endpoint.url)
        self._sending = 0
        self._failures = 0
        self.held = False
        self.behind = False  # there are rows for which there was no room
        self._door: asyncio.TimerHandle | None = None

    def take(self, delivery: Delivery, loop: asyncio.AbstractEventLoop) -> None:
        """Send a delivery now or when it is due, or leave it as a row if there is no room."""
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
        while self._door is None and len(self._tasks) < min(
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
        while self._ready and self._door is None and not (self._failures and self._sending):
            self._sending += 1
            try:
                await self._send(self._ready.popleft())
            finally:
                self._sending -= 1

    async def _send(self, delivery: Delivery) -> None:
        body = self.office.body(delivery)
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
            self._shut(delivery)
            return
        self._open()
        if 200 <= status < 300:
            self._finish(delivery)
        else:
            delivery.attempts += 1
            delivery.due = time.time() + pause_after(delivery.attempts)
            self.known.discard(delivery.id)
            self.office.put_off(delivery)

    def _headers(self, body: bytes) -> dict[str, str]:
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature(self.endpoint.secret, body, int(time.time())),
        }

    def _finish(self, delivery: Delivery) -> None:
        self.known.discard(delivery.id)
        self.office.finish(delivery)

    # -- the receiver is unreachable, and reachable again

    def _shut(self, delivery: Delivery) -> None:
        if self.held:
            self.known.discard(delivery.id)  # its row waits
        else:
            self._ready.appendleft(delivery)
        if self._door is None:
            self._failures += 1
            loop = asyncio.get_running_loop()
            self._door = loop.call_later(
                min(pause_after(self._failures), MAX_PAUSE), self._knock, loop
            )

    def _knock(self, loop: asyncio.AbstractEventLoop) -> None:
        self._door = None
        self._work(loop)

    def _open(self) -> None:
        if self._failures:
            self._failures = 0
            self._work(asyncio.get_running_loop())

    # -- ends

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
        """The endpoint is gone."""
        left = self.clear()
        if self._door is not None:
            self._door.cancel()
        self._line.close()
        return left

    async def stop(self) -> None:
        """The process ends."""
        self.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
