"""`python -m shared.dead_letters list | show | replay | drop`: messages that could not be handled,
and events that the broker refused.

Reads AMQP_URL, and for refused events DATABASE_URL or each service's own (BOOKING_DATABASE_URL …).
Entries are addressed as `QUEUE/ID`; the id alone is enough if it is unique. A replayed message is
sent back to the queue in which it failed, with its id, so a reaction that did run is not run again.
It leaves the dead letters only after the broker has confirmed it in its queue.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Annotated, TypeVar

import aio_pika
import typer
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared import refused_events
from shared.envelope import ENVELOPE_HEADERS, copy_of
from shared.services import SERVICES
from shared.topology import dead_letter_queue_of

T = TypeVar("T")


class Ambiguous(Exception):
    """The id exists in several queues; the text lists the addresses."""


async def dead_letters(channel: AbstractChannel) -> AsyncIterator[AbstractIncomingMessage]:
    """Iterates over the dead letters without acknowledging them: those not acknowledged return to
    the queue when the channel closes.
    """
    for service in SERVICES:
        queue = await channel.get_queue(dead_letter_queue_of(service).name, ensure=False)
        while (message := await queue.get(no_ack=False, fail=False)) is not None:
            yield message


def origin(message: AbstractIncomingMessage) -> str:
    """The queue in which the message failed."""
    queue = message.headers.get("queue")
    if isinstance(queue, str):
        return queue
    deaths = message.headers.get("x-death")
    first = deaths[0] if isinstance(deaths, list) and deaths else {}
    return str(first.get("queue", "")) if isinstance(first, dict) else ""


def address_of(message: AbstractIncomingMessage) -> str:
    """`QUEUE/ID`: the same event may have failed in the queues of several services."""
    return f"{origin(message)}/{message.message_id}"


def reason(message: AbstractIncomingMessage) -> str:
    """Why it failed, as reported by the consumer or the broker."""
    return str(
        message.headers.get("reason") or message.headers.get("x-first-death-reason") or "unknown"
    )


async def list_dead_letters(channel: AbstractChannel) -> int:
    """Prints one line per dead letter and returns their number."""
    count = 0
    async for message in dead_letters(channel):
        count += 1
        typer.echo(f"{address_of(message)}  {message.timestamp}  {reason(message)[:100]}")
    typer.echo(f"{count} dead letter{'' if count == 1 else 's'}")
    return count


async def show(channel: AbstractChannel, address: str) -> bool:
    """Prints all details of the dead letters with that address or id; False if there is none."""
    found = False
    async for message in dead_letters(channel):
        if address in (address_of(message), message.message_id):
            found = True
            typer.echo(f"{address_of(message)}\ntype: {message.type}\nreason: {reason(message)}")
            typer.echo(f"correlation_id: {message.correlation_id}\nheaders: {message.headers}")
            typer.echo(message.body.decode(errors="replace"))
    return found


async def replay(channel: AbstractChannel, addresses: Iterable[str] | None) -> list[str]:
    """Sends the dead letters with these addresses or ids (all, if None) back to the queues in which
    they failed, and returns their addresses. Raises Ambiguous before anything is sent.
    """
    sent: list[str] = []
    for message in await _chosen(channel, addresses):
        await _send_back(channel, message)
        sent.append(address_of(message))
        typer.echo(f"replayed {sent[-1]}")
    return sent


async def drop(channel: AbstractChannel, addresses: Iterable[str]) -> list[str]:
    """Deletes the dead letters with these addresses or ids after printing them in full, and returns
    their addresses. Raises Ambiguous before anything is deleted.
    """
    dropped: list[str] = []
    for message in await _chosen(channel, addresses):
        typer.echo(f"dropped {address_of(message)} {message.body.decode(errors='replace')}")
        await message.ack()
        dropped.append(address_of(message))
    return dropped


async def _chosen(
    channel: AbstractChannel, addresses: Iterable[str] | None
) -> list[AbstractIncomingMessage]:
    found = [message async for message in dead_letters(channel)]
    if addresses is None:
        return found
    chosen = []
    for wanted in dict.fromkeys(addresses):
        same = [m for m in found if wanted in (address_of(m), m.message_id)]
        if len({address_of(message) for message in same}) > 1:
            raise Ambiguous(f"{wanted} is in several queues: {', '.join(map(address_of, same))}")
        chosen += same
    return chosen


async def _send_back(channel: AbstractChannel, message: AbstractIncomingMessage) -> None:
    kept = {n: value for n, value in message.headers.items() if n in ENVELOPE_HEADERS}
    again = copy_of(message, kept)
    await channel.default_exchange.publish(
        again, routing_key=origin(message), mandatory=True, timeout=10
    )
    await message.ack()


# ---- the command

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Addresses = Annotated[list[str] | None, typer.Argument(help="QUEUE/ID, or ID")]


def _with_broker(work: Callable[[AbstractChannel], Awaitable[T]]) -> T:
    url = os.environ.get("AMQP_URL")
    if not url:
        raise typer.BadParameter("AMQP_URL is not set")

    async def run() -> T:
        connection = await aio_pika.connect(url, timeout=5)
        async with connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            return await work(channel)

    try:
        return asyncio.run(run())
    except Ambiguous as error:
        raise typer.BadParameter(str(error)) from None
    except OSError as error:
        typer.echo(f"The broker at AMQP_URL cannot be reached: {type(error).__name__}.", err=True)
        raise typer.Exit(1) from None


@cli.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Inspect and replay messages that could not be handled and events that the broker refused.
    Without a subcommand, lists them.
    """
    if context.invoked_subcommand is None:
        list_command()


@cli.command("list")
def list_command() -> None:
    """List dead letters and refused events, one per line."""
    _with_broker(list_dead_letters)
    asyncio.run(refused_events.show_list())


@cli.command("show")
def show_command(address: Annotated[str, typer.Argument(help="QUEUE/ID, or ID")]) -> None:
    """Show one of them in full."""
    shown = _with_broker(lambda channel: show(channel, address))
    if not asyncio.run(refused_events.show(address)) and not shown:
        raise typer.BadParameter(f"nothing has the address {address}")


@cli.command("replay")
def replay_command(
    addresses: Addresses = None, *, all_: Annotated[bool, typer.Option("--all")] = False
) -> None:
    """Send dead letters back to the queue in which they failed, and refused events to the
    broker.
    """
    if all_ == bool(addresses):
        raise typer.BadParameter("give addresses, or --all")
    chosen = None if all_ else addresses
    count = len(_with_broker(lambda channel: replay(channel, chosen)))
    count += asyncio.run(refused_events.replay(chosen))
    typer.echo(f"{count} replayed")
    raise typer.Exit(0 if count or all_ else 1)


@cli.command("drop")
def drop_command(addresses: Annotated[list[str], typer.Argument(help="QUEUE/ID, or ID")]) -> None:
    """Delete them permanently: the consumers will never receive these messages."""
    count = len(_with_broker(lambda channel: drop(channel, addresses)))
    count += asyncio.run(refused_events.drop(addresses))
    typer.echo(f"{count} dropped")
    raise typer.Exit(0 if count else 1)


if __name__ == "__main__":
    cli()
