"""Events as an outside consumer of the broker sees them, against what GET /asyncapi.json says."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import aio_pika
import jsonschema_rs
import pytest
from aio_pika.abc import AbstractIncomingMessage

from shared.testing import eventually
from tests.people import World, confirmed, longer_than_the_free_period
from tests.stack import Stack

REQUEST_ID = "a-request-of-this-test"


@pytest.fixture
async def received(stack: Stack) -> AsyncIterator[list[AbstractIncomingMessage]]:
    """Every message that is published while the test runs."""
    messages: list[AbstractIncomingMessage] = []

    async def keep(message: AbstractIncomingMessage) -> None:
        messages.append(message)

    connection = await aio_pika.connect(stack.published["amqp"])
    async with connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("consultant-connect")
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(exchange, "#")
        await queue.consume(keep, no_ack=True)
        yield messages


async def test_what_a_paid_session_publishes_is_as_documented(
    world: World, received: list[AbstractIncomingMessage]
) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    consultant, seeker = await world.consultant(), await world.seeker()
    booking = await confirmed(seeker, consultant)
    await seeker.start(booking["id"])
    await longer_than_the_free_period(seeker, booking["id"])
    await consultant.call(
        "POST", f"/bookings/{booking['id']}/end", headers={"X-Request-ID": REQUEST_ID}
    )
    await seeker.sees(booking["id"], payment_status="captured")
    await seeker.rate(booking["id"], 5)
    ours = {booking["id"], consultant.id, seeker.id}

    def events() -> dict[str, list[AbstractIncomingMessage]]:
        found = defaultdict(list)
        for message in received:
            body = json.loads(message.body)
            if ours & {value for value in body.values() if isinstance(value, str)}:
                found[message.routing_key or ""].append(message)
        return found

    wanted = {
        "user.registered.v1", "profile.updated.v1", "availability.changed.v1",
        "payment_method.changed.v1", "payout_account.changed.v1", "booking.requested.v1",
        "booking.accepted.v1", "payment.authorized.v1", "booking.confirmed.v1",
        "session.started.v1", "session.ended.v1", "payment.captured.v1", "payout.sent.v1",
        "session.rated.v1",
    }  # fmt: skip

    async def all_there() -> bool:
        return wanted <= events().keys()

    await eventually(all_there)
    document = (await world.http.get("/asyncapi.json")).json()
    for name, messages in events().items():
        for message in messages:
            check_envelope(message, name, began)
            check_documented(message, name, document)
    check_sequences(events())
    (ended,) = events()["session.ended.v1"]
    (captured,) = events()["payment.captured.v1"]
    assert ended.correlation_id == captured.correlation_id == REQUEST_ID
    assert captured.headers["causation_id"] == ended.message_id
    assert trace_of(captured) == trace_of(ended)


def check_envelope(message: AbstractIncomingMessage, name: str, began: datetime) -> None:
    assert UUID(message.message_id).version == 7
    assert message.type == name
    assert message.content_type == "application/json"
    assert message.timestamp is not None
    assert began.replace(microsecond=0) <= message.timestamp <= datetime.now(UTC)
    assert message.correlation_id
    assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT


def check_documented(message: AbstractIncomingMessage, name: str, document: Any) -> None:
    """Payload and headers fit the schemas, and the channel names who publishes it."""
    channel = document["channels"][name]
    assert message.headers["producer"] == channel["x-publisher"]
    body = json.loads(message.body)
    assert message.headers["aggregate_id"] == body[channel["x-aggregate-id"]]
    (reference,) = channel["messages"].values()
    described = document["components"]["messages"][reference["$ref"].rpartition("/")[2]]
    for part, value in (("headers", dict(message.headers)), ("payload", body)):
        schema = {**described[part], "components": document["components"]}
        errors = [error.message for error in jsonschema_rs.iter_errors(schema, value)]
        assert errors == [], (name, part)


def check_sequences(events: dict[str, list[AbstractIncomingMessage]]) -> None:
    """Within an aggregate they grow by one. Its first may have been published before."""
    numbers: dict[tuple[Any, Any], set[int]] = defaultdict(set)
    for message in (message for messages in events.values() for message in messages):
        headers = message.headers
        sequence = headers["sequence"]
        assert isinstance(sequence, int)
        numbers[headers["producer"], headers["aggregate_id"]].add(sequence)
    for aggregate, seen in numbers.items():
        assert sorted(seen) == list(range(1, len(seen) + 1)), aggregate


def trace_of(message: AbstractIncomingMessage) -> str:
    return str(message.headers["traceparent"]).split("-")[1]
