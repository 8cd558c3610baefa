"""`python -m shared.dead_letters list | show ID | replay ID… | replay --all | drop ID…`: what could not be handled, and what becomes of it.

Reads AMQP_URL. A replayed message goes back into the queue that it came from, with its id: a
reaction that had run after all is not run again. A message leaves the dead letters only once the
broker has confirmed it in its own queue.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared.broker import SERVICES, dead_letter_queue_of


async def letters(channel: AbstractChannel) -> AsyncIterator[AbstractIncomingMessage]:
    """Every dead letter, unacknowledged: whatever is not acknowledged is back when the channel
    closes.
    """
    for service in SERVICES:
        queue = await channel.get_queue(dead_letter_queue_of(service).name, ensure=False)
        while (message := await queue.get(no_ack=False, fail=False)) is not None:
            yield message


def origin(message: AbstractIncomingMessage) -> str:
    """The queue that the message died in."""
    queue = message.headers.get("queue")
    if isinstance(queue, str):
        return queue
    deaths = message.headers.get("x-death")
    first = deaths[0] if isinstance(deaths, list) and deaths else {}
    return str(first.get("queue", "")) if isinstance(first, dict) else ""


def reason(message: AbstractIncomingMessage) -> str:
    """Why it died, in the consumer's or the broker's words."""
    return str(
        message.headers.get("reason") or message.headers.get("x-first-death-reason") or "unknown"
    )


async def list_letters(channel: AbstractChannel) -> int:
    """Prints a line per dead letter; how many there are."""
    count = 0
    async for message in letters(channel):
        count += 1
        print(
            f"{message.message_id}  {message.timestamp}  {origin(message)}  {reason(message)[:100]}"
        )
    print(f"{count} dead letter{'' if count == 1 else 's'}")
    return count


async def show(channel: AbstractChannel, message_id: str) -> int:
    """Prints one dead letter whole; 1 when there is none of that id."""
    async for message in letters(channel):
        if message.message_id == message_id:
            print(f"queue: {origin(message)}\ntype: {message.type}\nreason: {reason(message)}")
            print(
                f"correlation_id: {message.correlation_id}\nheaders: {message.headers}\n{message.body.decode()}"
            )
            return 0
    print(f"No dead letter has the id {message_id}.", file=sys.stderr)
    return 1


async def replay(channel: AbstractChannel, ids: set[str] | None) -> int:
    """Sends the dead letters with these ids (all, when None) back to where they died; how many."""
    sent: set[str | None] = set()
    async for message in letters(channel):
        if message.message_id in sent:
            continue  # it has died again meanwhile: once per command
        if ids is None or message.message_id in ids:
            await _send_back(channel, message)
            sent.add(message.message_id)
            print(f"{message.message_id} → {origin(message)}")
    print(f"{len(sent)} replayed")
    return len(sent)


async def drop(channel: AbstractChannel, ids: set[str]) -> int:
    """Throws away the dead letters with these ids, after they were printed whole; how many."""
    count = 0
    async for message in letters(channel):
        if message.message_id in ids:
            print(f"{message.message_id} {origin(message)} {message.body.decode(errors='replace')}")
            await message.ack()
            count += 1
    print(f"{count} dropped")
    return count


async def _send_back(channel: AbstractChannel, message: AbstractIncomingMessage) -> None:
    kept = ("aggregate_id", "sequence", "causation_id", "producer", "traceparent")
    again = aio_pika.Message(
        message.body,
        message_id=message.message_id,
        type=message.type,
        timestamp=message.timestamp,
        correlation_id=message.correlation_id,
        content_type=message.content_type,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        headers={name: value for name, value in message.headers.items() if name in kept},
    )
    await channel.default_exchange.publish(
        again, routing_key=origin(message), mandatory=True, timeout=10
    )
    await message.ack()


async def run(arguments: argparse.Namespace, url: str) -> int:
    """Runs one command on the broker at `url`; the exit status."""
    connection = await aio_pika.connect(url, timeout=5)
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        if arguments.command == "list":
            await list_letters(channel)
            return 0
        if arguments.command == "show":
            return await show(channel, arguments.id)
        if arguments.command == "drop":
            return 0 if await drop(channel, set(arguments.ids)) else 1
        count = await replay(channel, None if arguments.all else set(arguments.ids))
        return 0 if count or arguments.all else 1


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="dead_letters", description="What could not be handled, and its second chance."
    )
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("list", help="a line per dead letter (the default)")
    commands.add_parser("show", help="one dead letter whole").add_argument("id")
    again = commands.add_parser("replay", help="send dead letters back to the queue they died in")
    again.add_argument("ids", nargs="*")
    again.add_argument("--all", action="store_true")
    gone = commands.add_parser(
        "drop", help="throw dead letters away: what they tell will never be known there"
    )
    gone.add_argument("ids", nargs="+")
    arguments = parser.parse_args(sys.argv[1:] or ["list"])
    url = os.environ.get("AMQP_URL")
    if not url:
        raise SystemExit("AMQP_URL is missing.")
    try:
        raise SystemExit(asyncio.run(run(arguments, url)))
    except (OSError, aio_pika.exceptions.AMQPError) as error:
        raise SystemExit(f"The broker cannot be reached: {type(error).__name__}.") from None


if __name__ == "__main__":
    main()
