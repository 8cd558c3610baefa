"""Through a real RabbitMQ: the envelope, dead letters and their replay, and a broker that goes
away.
"""

import asyncio
import contextlib

import aio_pika
import pytest

from shared import dead_letters, inbox
from shared.events import BookingAccepted
from shared.outbox import Relay, emit
from shared.telemetry import RequestContext, request_context
from shared.testing import eventually


@contextlib.asynccontextmanager
async def relaying(database, messaging):
    task = asyncio.create_task(Relay(database.url, "booking", messaging.publish).run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def emitted(database, *events):
    async with database.transaction() as db:
        await emit(db, *events)


async def test_an_event_travels_with_its_envelope_and_takes_effect(
    booking, payments, link, accepted, amqp_url
):
    got = []

    async def on_booking_accepted(db, event):
        got.append((event, request_context.get()))

    publisher = link("booking", booking)
    consumer = link("payments", payments, ((BookingAccepted, on_booking_accepted),))
    await publisher.run()
    await consumer.run()
    event = accepted()
    token = request_context.set(RequestContext("request-42"))
    async with relaying(booking, publisher):
        await emitted(booking, event)
        request_context.reset(token)

        async def arrived():
            return got

        await eventually(arrived)
    assert got[0][0] == event
    assert got[0][1].request_id == "request-42"
    assert await payments.reader.value("select reaction from inbox") == "on_booking_accepted"


async def test_what_cannot_be_handled_waits_as_a_dead_letter_and_can_be_replayed(
    booking, payments, link, accepted, amqp_url, monkeypatch, capsys
):
    monkeypatch.setattr(inbox, "RETRY_PAUSES", (0.0,))
    got, broken = [], True

    async def on_booking_accepted(db, event):
        if broken:
            raise ValueError("a bug in this release")
        got.append(event.amount)

    publisher = link("booking", booking)
    consumer = link("payments", payments, ((BookingAccepted, on_booking_accepted),))
    await publisher.run()
    await consumer.run()
    connection = await aio_pika.connect(amqp_url)

    async def listed():
        channel = await connection.channel()
        count = await dead_letters.list_letters(channel)
        await channel.close()
        return count == 1

    async with relaying(booking, publisher):
        await emitted(booking, accepted(amount=77))
        await eventually(listed)
    assert (
        "payments.booking.accepted.v1  ValueError: a bug in this release" in capsys.readouterr().out
    )
    broken = False
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    assert await dead_letters.replay(channel, None) == 1
    await channel.close()

    async def handled():
        return got == [77]

    await eventually(handled)
    await connection.close()


async def test_a_replayed_letter_that_dies_again_is_replayed_once_more_or_dropped(
    booking, payments, link, accepted, amqp_url, monkeypatch, capsys
):
    monkeypatch.setattr(inbox, "RETRY_PAUSES", ())
    tries = []

    async def on_booking_accepted(db, event):
        tries.append(event.amount)
        raise ValueError("still broken")

    publisher = link("booking", booking)
    consumer = link("payments", payments, ((BookingAccepted, on_booking_accepted),))
    await publisher.run()
    await consumer.run()
    connection = await aio_pika.connect(amqp_url)
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)

    async def died(times):
        async def so_often():
            other = await connection.channel()
            found = [letter async for letter in dead_letters.letters(other)]
            await other.close()
            return len(tries) == times and found

        return await eventually(so_often)

    async with relaying(booking, publisher):
        await emitted(booking, accepted(amount=78))
        await died(1)
    for times in (2, 3):
        assert await dead_letters.replay(channel, None) == 1
        await channel.close()  # what it has not acknowledged is back
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        (letter,) = await died(times)
        assert dead_letters.origin(letter) == "payments.booking.accepted.v1"
    assert await dead_letters.drop(channel, {letter.message_id}) == 1
    assert '"amount":78' in capsys.readouterr().out
    assert await dead_letters.list_letters(channel) == 0
    await connection.close()


async def test_an_event_that_no_queue_takes_stays_in_the_outbox(booking, link, accepted, amqp_url):
    publisher = link("booking", booking)
    await publisher.run()
    connection = await aio_pika.connect(amqp_url)
    channel = await connection.channel()
    queue = await channel.get_queue("payments.booking.accepted.v1")
    await queue.unbind("consultant-connect", routing_key="booking.accepted.v1")
    tries, publish = [], publisher.publish

    async def counted(batch):
        confirmed = await publish(batch)
        tries.append(len(confirmed))
        return confirmed

    publisher.publish = counted

    async def tried_twice():
        return len(tries) >= 2

    async with relaying(booking, publisher):
        await emitted(booking, accepted())
        await eventually(tried_twice)
        assert set(tries) == {0}
        assert await booking.reader.value("select count(*) from outbox") == 1
        await queue.bind("consultant-connect", routing_key="booking.accepted.v1")

        async def sent():
            return await booking.reader.value("select count(*) = 0 from outbox")

        await eventually(sent)
    await queue.purge()
    await connection.close()


async def test_a_service_starts_without_a_broker(booking):
    from shared.broker import Messaging

    messaging = Messaging("amqp://x:y@127.0.0.1:1/", "booking", booking, ())
    connecting = asyncio.create_task(messaging.run())
    assert await messaging.publish([]) == ()
    assert not await messaging.healthy()
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    await messaging.close()
