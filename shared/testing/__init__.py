"""pytest plugin: a real PostgreSQL and RabbitMQ for the run, and services under test.

    async def test_decline_frees_the_slot(booking):  # a `ServiceHarness`
        answer = await booking.post("/bookings/…/decline", user=booking.user("consultant", id=…))
        assert await booking.emitted(BookingDeclined)

A harness runs no publisher, consumer or job: emitted events stay in the outbox, where `emitted`
reads them; events of other services are passed in with `deliver`, and jobs are run with `run_job`.
So tests are deterministic and need not wait. `tests/` covers the whole system with all of these
running.
"""

from __future__ import annotations

from shared.testing.harness import RecordedLive, ServiceHarness, harness
from shared.testing.relay import Relay
from shared.testing.servers import (
    Broker,
    Infrastructure,
    amqp_url,
    infrastructure,
    postgres_url,
    rabbitmq,
    run_directory,
)
from shared.testing.tokens import KEY, KEY_ID, keys_for_tests, test_verifier, token_for
from shared.testing.waiting import eventually, metric, until

__all__ = [
    "KEY",
    "KEY_ID",
    "Broker",
    "Infrastructure",
    "RecordedLive",
    "Relay",
    "ServiceHarness",
    "amqp_url",
    "eventually",
    "harness",
    "infrastructure",
    "keys_for_tests",
    "metric",
    "postgres_url",
    "rabbitmq",
    "run_directory",
    "test_verifier",
    "token_for",
    "until",
]
