"""Dead-letters deliveries that cannot be handled: publishes the message to its service's
dead-letter queue, with the reason and the queue in which it failed, and acknowledges it.

RabbitMQ's own dead-lettering, which the queues have too, cannot record a reason. It covers messages
that repeatedly kill their consumer, and those that this process could not publish.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aio_pika
import aiormq
from faststream import BaseMiddleware
from faststream.exceptions import RejectMessage
from faststream.message import StreamMessage
from faststream.rabbit import RabbitBroker
from opentelemetry import trace
from opentelemetry.trace import Status, StatusCode

from shared.envelope import copy_of
from shared.inbox import Undeliverable
from shared.telemetry import log
from shared.topology import DEAD_LETTERS

PUBLISH_TIMEOUT = 10.0
REASON_LENGTH = 1000


class DeadLetterMiddleware(BaseMiddleware[Any, Any]):
    """Publishes a dead letter for every delivery that ends with Undeliverable."""

    def __init__(
        self, msg: Any, /, *, context: Any, service: str, publishers: RabbitBroker
    ) -> None:
        super().__init__(msg, context=context)
        self._service = service
        self._publishers = publishers

    async def consume_scope(
        self, call_next: Callable[[Any], Awaitable[Any]], msg: StreamMessage[Any]
    ) -> Any:
        """Handles the message, or dead-letters it if that is impossible."""
        try:
            return await call_next(msg)
        except Undeliverable as error:
            # Only the error's type: its text may quote user input.
            kind = type(error.__cause__ or error).__name__
            trace.get_current_span().set_status(Status(StatusCode.ERROR, kind))
            await self._dead_letter(msg.raw_message, str(error)[:REASON_LENGTH])

    async def _dead_letter(self, raw: aio_pika.IncomingMessage, reason: str) -> None:
        # A replayed message arrived through the queue itself, not through the exchange.
        key, prefix = str(raw.routing_key), f"{self._service}."
        queue = key if key.startswith(prefix) else prefix + key
        log.error("dead letter", queue=queue, message_id=raw.message_id, reason=reason)
        dead_letter = copy_of(raw, {**raw.headers, "reason": reason, "queue": queue})
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT):
                await self._publishers.publish(
                    dead_letter, exchange=DEAD_LETTERS, routing_key=self._service, mandatory=True
                )
        except (aiormq.exceptions.AMQPError, OSError, TimeoutError, RuntimeError) as error:
            log.warning("dead letter without its reason", error=repr(error))
            raise RejectMessage from error  # the broker dead-letters it
