"""Sends events to webhook endpoints: signed, in the background, until the response is 2xx.

A delivery is a row, from the transaction of the operation until it is accepted, so neither SIGKILL
nor an outage of the receiver loses an event. As at Stripe, an event may be delivered twice, and in
any order.
"""

import asyncio
import random
import time
from collections.abc import Iterable
from typing import Any

import msgspec

from sandbox.stripe.queues import MAX_IN_MEMORY, Delivery, Endpoint, Queue
from sandbox.stripe.rows import Body
from sandbox.stripe.store import Store

SHUFFLE_WITHIN = 0.3  # maximum delay of a shuffled delivery, in seconds
COLUMNS = ("id", "event", "endpoint", "attempts", "due", "posted")


class DeliveryMode(msgspec.Struct):
    """How deliveries are disturbed on demand: extra copies, shuffled order, held back."""

    duplicate: int = 0
    shuffle: bool = False
    pause: bool = False


class Dispatcher:
    """Sends all deliveries of the process."""

    def __init__(self, store: Store, fixed: Iterable[Endpoint] = ()) -> None:
        self.store, self.fixed = store, tuple(fixed)
        self.mode = msgspec.convert(store.setting("mode") or {}, DeliveryMode)
        self.queues: dict[str, Queue] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._posted: list[Delivery] = []
        self._done: list[int] = []
        self._rescheduled: dict[int, Delivery] = {}
        self.refresh()

    # -- endpoints

    def refresh(self) -> None:
        """Reload the endpoints: those created through the API, and those configured at startup."""
        rows = self.store.db.execute(
            "SELECT body, secret FROM object WHERE shelf = 'webhook_endpoint' ORDER BY seq"
        ).fetchall()
        endpoints = {endpoint.id: endpoint for endpoint in self.fixed}
        for raw, raw_secret in rows:
            body, secret = msgspec.json.decode(raw), msgspec.json.decode(raw_secret)
            if body["status"] == "enabled":
                events = frozenset(body["enabled_events"])
                connect, key = secret["connect"], secret["secret"]
                endpoints[body["id"]] = Endpoint(body["id"], body["url"], key, connect, events)
        for identity in self.queues.keys() - endpoints.keys():
            for delivery in self.queues.pop(identity).close():
                self.finish(delivery)
            self.store.write("DELETE FROM delivery WHERE endpoint = ?", (identity,))
        for identity, endpoint in endpoints.items():
            if identity in self.queues:
                self.queues[identity].endpoint = endpoint
            else:
                self.queues[identity] = queue = Queue(endpoint, self)
                queue.paused = self.mode.pause

    def receivers(self, kind: str, *, connect: bool) -> list[str]:
        """The endpoints that receive events of this type."""
        return [name for name, queue in self.queues.items() if queue.endpoint.wants(kind, connect)]

    def endpoints(self, *, connect: bool) -> list[str]:
        """The endpoints of the platform, or of its connected accounts."""
        return [name for name, queue in self.queues.items() if queue.endpoint.connect == connect]

    # -- from the operation's transaction to the queue

    def post(self, event: str, receivers: Iterable[str]) -> None:
        """Write deliveries in the running transaction; `dispatch` sends them after the commit."""
        now = time.time()
        for endpoint in receivers:
            for _ in range(1 + self.mode.duplicate):
                delivery = Delivery(self.store.next_delivery(), event, endpoint, 0, 0.0, now)
                row = (delivery.id, event, endpoint, 0, 0.0, now)
                self.store.write("INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?)", row)
                self._posted.append(delivery)

    def discard_posted(self) -> None:
        """The transaction was rolled back: drop its deliveries."""
        self._posted.clear()

    def dispatch(self) -> None:
        """After the commit: send what was written, unless deliveries are paused."""
        posted, self._posted = self._posted, []
        if self.mode.pause:
            return
        for delivery in posted:
            if self.mode.shuffle:
                delivery.due = time.time() + random.random() * SHUFFLE_WITHIN  # nosec B311 # when, no secret
            self._take(delivery)

    def _take(self, delivery: Delivery) -> None:
        queue = self.queues.get(delivery.endpoint)
        if queue is None:
            self.finish(delivery)  # its endpoint was deleted or disabled
        elif self._loop is not None:
            queue.take(delivery, self._loop)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start sending, beginning with what an earlier process left unsent."""
        self._loop = loop
        self.resume()

    def resume(self) -> None:
        """Schedule every undelivered row that is not being sent already."""
        for queue in self.queues.values():
            queue.behind = True
        self.refill()

    def refill(self) -> None:
        """Schedule rows for which there was no room before, shuffled if so configured."""
        if self.mode.pause or self._loop is None:
            return
        for queue in self.queues.values():
            if queue.has_room:
                self._refill(queue)

    def _refill(self, queue: Queue) -> None:
        self.record()
        self.store.commit()
        most = 3 * MAX_IN_MEMORY  # at most two thirds of them are known already
        rows = self.store.db.execute(
            "SELECT * FROM delivery WHERE endpoint = ? ORDER BY due, id LIMIT ?",
            (queue.endpoint.id, most),
        ).fetchall()
        queue.behind = len(rows) == most
        if self.mode.shuffle:
            random.shuffle(rows)
        for row in rows:
            if row[0] not in queue.known:
                self._take(Delivery(*row))

    def behave(self, mode: DeliveryMode) -> None:
        """Change the disturbances; ending a pause sends what was held back."""
        self.mode = mode
        self.store.set("mode", msgspec.to_builtins(mode))
        self.store.commit()
        for queue in self.queues.values():
            queue.paused = mode.pause
            if mode.pause:
                queue.clear()
        self.resume()

    def reset(self) -> None:
        """Drop all deliveries: the sandbox was reset."""
        for queue in self.queues.values():
            queue.clear()
        self._posted.clear()
        self._done.clear()
        self._rescheduled.clear()
        self.mode = DeliveryMode()
        self.refresh()

    # -- what queues report

    def body(self, delivery: Delivery) -> bytes | None:
        """The event as it is sent; None after a reset."""
        row = self.store.db.execute(
            "SELECT body FROM object WHERE id = ?", (delivery.event,)
        ).fetchone()
        return row[0] if row else None

    def finish(self, delivery: Delivery) -> None:
        """The receiver has accepted the delivery, or it was given up."""
        self._rescheduled.pop(delivery.id, None)
        self._done.append(delivery.id)

    def reschedule(self, delivery: Delivery) -> None:
        """The delivery has failed, and is sent again when it is due."""
        self._rescheduled[delivery.id] = delivery
        if not self.mode.pause:
            self._take(delivery)

    def record(self) -> None:
        """Write finished and rescheduled deliveries in the running transaction. A crash before that
        causes a duplicate delivery, never a loss.
        """
        for delivery in self._rescheduled.values():
            change = (delivery.attempts, delivery.due, delivery.id)
            self.store.write("UPDATE delivery SET attempts = ?, due = ? WHERE id = ?", change)
        self._rescheduled.clear()
        for number in self._done:
            self.store.write("DELETE FROM delivery WHERE id = ?", (number,))
        self._done.clear()

    # -- for the controls

    def pending(self, event: str) -> int:
        """How many endpoints have not yet accepted an event."""
        self.record()
        self.store.commit()
        query = "SELECT count(DISTINCT endpoint) FROM delivery WHERE event = ?"
        count: int = self.store.db.execute(query, (event,)).fetchone()[0]
        return count

    def outstanding(self) -> list[Body]:
        """All outstanding deliveries."""
        self.record()
        self.store.commit()
        rows: list[tuple[Any, ...]] = self.store.db.execute(
            "SELECT * FROM delivery ORDER BY id"
        ).fetchall()
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]

    async def stop(self) -> None:
        """Stop sending; deliveries in progress are sent again after the next start."""
        self._loop = None
        for queue in self.queues.values():
            await queue.stop()
